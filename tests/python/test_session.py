"""Lists, search, commands, history and undo, through Python."""
from datetime import timedelta

import pytest

import crm

from conftest import MONDAY


@pytest.fixture
def parties(me):
    return me.work("test.fill", lambda work: [me.parties.add(name=f"Firm {i:04}", employees=i % 7 or None) for i in range(1_234)]).value


def test_a_list_pages_by_itself(me, parties):
    rows = me.find("party", order="name")
    assert iter(rows) is rows
    assert [row.name for row in rows] == [party.name for party in parties]
    assert list(rows) == []
    assert [row.name for row in me.parties.list(order="-name", limit=3)] == ["Firm 1233", "Firm 1232", "Firm 1231"]
    assert len(list(me.find("party", limit=1_100))) == 1_100
    assert list(me.find("party", limit=0)) == []
    with pytest.raises(crm.Invalid):
        me.find("party", limit=-1)


def test_a_list_is_walked_while_the_file_changes(me, parties):
    seen = []
    for party in me.find("party", order="name", limit=200):
        seen.append(party.id)
        me.parties.change(party, party.version, employees=9)
    assert seen == [party.id for party in parties[:200]]


def test_pages_by_hand(me, parties):
    page, names = me.page("party", order="name", limit=500), []
    while True:
        names += [party.name for party in page.rows]
        if page.next is None:
            break
        page = me.parties.page(order="name", limit=500, after=page.next)
    assert names == [party.name for party in parties]


def test_SEA_02_filters_as_values_dicts_and_JSON(me, parties):
    field = crm.field
    condition = (field("name") >= "Firm 0010") & (field("name") < "Firm 0020") & ~field("employees").is_null()
    expected = [f"Firm {i:04}" for i in range(10, 20) if i % 7]
    for where in (condition, condition.to_dict(), condition.to_json()):
        assert [party.name for party in me.find("party", where, order="name")] == expected
    assert me.count("party", field("name").starts_with("firm 00")) == 100
    assert me.count("party", field("name").contains("233")) == 2
    assert me.count("party", field("name").ends_with("233")) == 2
    assert me.count("party", field("name").same("FIRM 0001")) == 1
    assert me.count("party", field("employees").between(2, 3)) == me.count("party", field("employees").is_in([2, 3]))
    assert me.count("party", (field("employees") == 1) | (field("employees") == 2)) == me.count("party", field("employees").is_in({1, 2}))
    assert me.count("party", field("employees") == None) == me.count("party", field("employees").is_null())  # noqa: E711
    assert me.count("party", field("owner") == me.user) == 1_234
    assert me.count("party", field("id") == parties[5]) == 1
    assert me.count("party", field("created_at") >= MONDAY - timedelta(days=1)) == 1_234
    assert me.count("party", field("created_at") < MONDAY - timedelta(days=1)) == 0
    with pytest.raises(TypeError):
        bool(field("name") == "x")


def test_relative_dates(me, clock):
    me.activities.plan(subject="Call", kind="call", start_at=clock.now + timedelta(days=1))
    start = crm.field("start_at")
    assert me.count("activity", start == crm.relative("tomorrow")) == 1
    assert me.count("activity", start == crm.relative("today")) == 0
    assert me.count("activity", start == crm.relative("days", 1)) == 1
    clock.advance(days=1)
    assert me.count("activity", start == crm.relative("today")) == 1


def test_counts_stop_at_their_limit(me, parties):
    count = me.parties.count(limit=100)
    assert (count.rows, count.at_least, int(count)) == (100, True, 100) and count != 100
    assert me.parties.count() == 1_234 and not me.parties.count().at_least


def test_SEA_01_the_quick_filter_blind_to_case_and_diacritics(me):
    party = me.parties.add(name="Șoimul Alb", code="SA-7")
    me.parties.add_point(party, type="phone", value="022 123456")
    for typed in ("soimul", "ȘOI", "alb soi", "sa-7", "+37322123"):
        assert [hit.record for hit in me.quick(typed)] == [party.id], typed
    hit = me.quick("soi")[0]
    assert hit.title == "Șoimul Alb" and hit.field and len(me.quick("none")) == 0


def test_SEA_04_full_text_newest_first(me):
    party = me.parties.add(name="Acme", description="Производит наковальни")
    me.notes.write(party, "Наковальня не понравилась")
    hits = me.search("наковальн")
    assert [hit.record.kind for hit in hits.rows] == ["note", "party"] and not hits.incomplete
    assert [hit.record for hit in me.search("наковальн", kinds="party")] == [party.id]
    assert [hit.record.kind for hit in me.search("наковальн", kinds=["note"], limit=5)] == ["note"]


def test_work_is_one_command_or_nothing(me):
    def fill(work):
        first = me.parties.add(name="A")
        second = me.parties.add(name="B")
        work.set_result("two")
        assert first.created_in == second.created_in == work.command and work.now == first_seen(me)
        return first, second

    def first_seen(session):
        return session.now

    done = me.work("test.two", fill)
    assert done.verb == "test.two" and done.result == "two" and not done.replayed
    assert [party.name for party in done.value] == ["A", "B"] and me.commands(limit=1)[0].id == done.id


def test_what_a_function_raises_rolls_back_and_arrives_unchanged(me):
    class Mine(Exception):
        pass

    error = Mine("stop")

    def fail(work):
        me.parties.add(name="A")
        raise error

    with pytest.raises(Mine) as caught:
        me.work("test.fail", fail)
    assert caught.value is error and me.parties.count() == 0
    with pytest.raises(crm.Invalid):
        me.work("test.fail", lambda work: me.parties.add(name=""))
    assert me.parties.add(name="B").name == "B"


def test_a_unit_of_work_is_dead_after_its_end(me):
    kept = me.work("test.keep", lambda work: work).value
    with pytest.raises(crm.Misuse):
        kept.set_result("late")


def test_work_inside_work_joins_it(me):
    def outer(work):
        me.work("test.inner", lambda inner: me.parties.add(name="A"))
        return work.command

    done = me.work("test.outer", outer)
    assert done.value == done.id and me.commands(limit=1)[0].verb == "test.outer"


def test_a_key_is_done_once(me):
    def order(work):
        work.set_result(str(me.parties.add(name="A").id))

    first = me.work("order.place", order, key="42", arguments="a")
    again = me.work("order.place", order, key="42", arguments="a")
    assert again.replayed and (again.id, again.result) == (first.id, first.result) and again.value is None
    assert me.parties.count() == 1
    with pytest.raises(crm.Conflict):
        me.work("order.place", order, key="42", arguments="b")


def test_a_rehearsal_tells_and_keeps_nothing(me):
    party = me.parties.add(name="A")

    def rehearsed(work):
        me.parties.add(name="B")
        me.parties.change(party, None, name="C")
        return "ignored"

    effects = me.rehearse(rehearsed)
    assert [ref.kind for ref in effects.created] == ["party"] and effects.removed == []
    (ref, fields), = effects.changed
    assert ref == party.id and ("name", "A", "C") in [(change.field, change.before, change.after) for change in fields]
    assert [row.name for row in me.find("party")] == ["A"]


def test_HIS_01_history_tells_who_when_and_what(me, clock):
    party = me.parties.add(name="A", employees=1)
    clock.advance(hours=1)
    other = me.users.add(login="bob", name="Bob", unit=me.unit)
    me.parties.change(party, party.version, name="B", owner=other)
    me.parties.remove(party)
    created, changed, removed = me.history(party)
    assert [entry.what for entry in (created, changed, removed)] == ["created", "changed", "removed"]
    assert created.user == "ana" and created.command.at == MONDAY and changed.command.at == MONDAY + timedelta(hours=1)
    fields = {change.field: (change.before, change.after) for change in changed.fields}
    assert fields["name"] == ("A", "B")
    assert fields["owner"] == (me.user, other.id)
    assert {change.field: change.before for change in removed.fields}["employees"] == 1


def test_HIS_02_undo_of_a_command(me):
    party = me.parties.add(name="A")
    changed = me.parties.change(party, party.version, name="B")
    undone = me.undo(me.command(changed.changed_in))
    assert undone.undo_of == changed.changed_in and me.parties.get(party).name == "A"
    me.parties.remove(party)
    me.undo(me.commands(limit=1)[0].id)
    assert me.parties.get(party).id == party.id
    assert me.history(party)[-1].what == "restored"


def test_an_undo_that_meets_later_changes_lists_them(me):
    party = me.parties.add(name="A")
    first = me.parties.change(party, party.version, name="B")
    me.parties.change(party, first.version, name="C")
    with pytest.raises(crm.Conflict) as caught:
        me.undo(first.changed_in)
    assert [(conflict["record"], conflict["field"]) for conflict in caught.value.conflicts] == [(party.id, "name")]
    assert caught.value.conflicts[0]["reason"] and me.parties.get(party).name == "C"


def test_commands_are_listed_newest_first(me):
    for name in "ABC":
        me.parties.add(name=name)
    newest = me.commands(limit=2)
    assert [command.verb for command in newest] == ["party.add"] * 2 and newest[0].id > newest[1].id
    assert me.commands(limit=1, before=newest[1].id)[0].id < newest[1].id
    assert newest[0].user == me.user and repr(newest[0]).startswith("<crm.Command")
    with pytest.raises(crm.NotFound):
        me.command(10**9)


def test_the_file_tells_its_facts(me):
    me.parties.add(name="A")
    info = me.info()
    assert info.zone == "Europe/Chisinau" and info.schema_version >= 1 and info.bytes > 0 and info.rows["party"] == 1
