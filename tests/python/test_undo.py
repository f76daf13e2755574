"""Undo of any set, the trash and rehearsals: HIS-02, HIS-05, HIS-06."""
from datetime import timedelta

import pytest

import crm


def test_HIS_06_undo_of_what_a_user_did_in_an_hour(me):
    kept = me.parties.add(name="Acme")
    since = me.now
    made = me.parties.add(name="Bacarat")
    me.parties.change(kept, kept.version, name="Beta")
    meant = me.commands(user=me.user, since=since)
    assert [command.verb for command in meant][:2] == ["party.change", "party.add"]
    undone = me.undo(commands=meant[:2])
    assert isinstance(undone, crm.Command) and isinstance(undone, crm.Undone)
    assert undone.commands == sorted(command.id for command in meant[:2]) and undone.conflicts == [] == undone.not_undoable
    assert me.parties.get(kept).name == "Acme" and me.parties.find(made) is None
    me.undo(undone)
    assert me.parties.get(kept).name == "Beta" and me.parties.get(made).id == made.id


def test_HIS_06_conflicts_have_user_and_moment_and_can_be_skipped(me):
    party = me.parties.add(name="A", status="active")
    first = me.parties.change(party, party.version, name="B", status="dormant")
    later = me.parties.change(party, first.version, name="C")
    with pytest.raises(crm.Conflict) as caught:
        me.undo(first.changed_in)
    (way,) = caught.value.conflicts
    assert (way["record"], way["field"], way["changed_in"], way["user"]) == (party.id, "name", later.changed_in, me.login)
    assert abs(way["at"] - me.now) <= timedelta(days=1)
    undone = me.undo(first.changed_in, skip_conflicts=True)
    assert [left["field"] for left in undone.conflicts] == ["name"]
    now = me.parties.get(party)
    assert (now.name, now.status) == ("C", "active")


def test_HIS_06_a_filter_that_means_everything_is_refused(me):
    with pytest.raises(crm.Invalid):
        me.undo()
    with pytest.raises(crm.NotFound):
        me.undo(verb="no.such")


def test_HIS_06_commands_of_a_record(me):
    party = me.parties.add(name="A")
    me.parties.add(name="B")
    assert [command.id for command in me.commands(record=party)] == [party.created_in]


def test_HIS_05_a_rehearsed_undo_keeps_nothing(me):
    party = me.parties.add(name="A")
    effects = me.rehearse_undo(party.created_in)
    assert effects.removed == [party.id] and effects.denials == [] and effects.duplicates == []
    assert me.parties.get(party).name == "A"


def test_HIS_05_a_rehearsal_tells_denials(db, me):
    party = me.parties.add(name="Acme")
    ion = me.users.add(login="ion", name="Ion", unit=me.unit)
    for action in ("read", "create"):
        me.rights.grant(ion, "*", action, "all")
    seller = db.trusted_session("ion")

    def work(_):
        seller.parties.add(name="Bacarat")
        seller.parties.change(party, party.version, name="Beta")

    effects = seller.rehearse(work)
    assert [ref.kind for ref in effects.created] == ["party"] and effects.changed == []
    (denial,) = effects.denials
    assert "change" in denial
    assert seller.count("party") == 1 and seller.parties.get(party).name == "Acme"
    with pytest.raises(crm.Denied):
        seller.work("party.change", work)

    def fault(_):
        raise PermissionError("not ours")

    with pytest.raises(PermissionError, match="not ours"):
        seller.rehearse(fault)


def test_HIS_02_the_trash(me):
    party = me.parties.add(name="Acme")
    phone = me.parties.add_point(party, type="phone", value="022 123 456")
    me.parties.remove(party)
    page = me.trash.list("party", removed_by=me.user)
    (item,) = page
    assert len(page) == 1 and page[0].title == page.rows[0].title == "Acme"
    assert (item.title, item.user, item.record.name, item.record.id) == ("Acme", me.login, "Acme", party.id)
    assert item.along == [(phone.id, None)] and item.command.verb == "party.remove" and page.next is None
    restored = me.trash.restore(item.record)
    assert restored.conflicts == [] and me.points.get(phone).value == "022 123 456"
    assert list(me.trash.list()) == []
    with pytest.raises(crm.Conflict):
        me.trash.restore(party)
    me.undo(restored)
    assert me.parties.find(party) is None
