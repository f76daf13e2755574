"""Calls in Python: known by the number, registered, routed, never lost; and the same on the command line."""
import json
import subprocess
import sys

import pytest

import crm


@pytest.fixture
def known(me):
    acme = me.parties.add(name="Acme SRL")
    popa = me.contacts.add(first_name="Ion", last_name="Popa")
    me.contacts.join(popa, acme)
    me.points.add(record=popa, type="phone", value="+373 22 123 456")
    me.activities.report(subject="Demo", kind="meeting", contact=popa, party=acme, result="liked it")
    return acme, popa


def test_CAL_02_the_caller_is_known_by_number(me, known):
    acme, popa = known
    caller = me.calls.who("0037322123456")
    assert caller.is_known and caller.number == "+37322123456"
    assert (caller.contact.name, caller.party.name, caller.lead) == ("Ion Popa", "Acme SRL", None)
    assert caller.responsible == me.user and caller.others == []
    assert [(each.subject, each.result) for each in caller.interactions] == [("Demo", "liked it")]
    assert me.calls.who("+37322123456", interactions=0).interactions == []
    unknown = me.calls.who("+40 21 1")
    assert not unknown.is_known and unknown.responsible is None


def test_CAL_01_a_call_is_registered_and_ends_in_the_chronicle(me, known):
    acme, popa = known
    call = me.calls.ring(number="+37322123456", subject="Price", source="website")
    assert (call.state, call.contact, call.party, call.channel, call.direction) == ("ringing", popa.id, acme.id, "phone", "inbound")
    assert me.calls.answer(call).answered_by == me.user
    assert me.calls.end(call, "wants an offer").state == "ended"
    told = next(me.activities.chronicle(popa))
    assert (told.subject, told.kind, told.result, told.call) == ("Price", "call", "wants an offer", call.id)
    visit = me.calls.report({"channel": "visit", "caller_name": "Maria"})
    assert visit.state == "ended"
    with pytest.raises(crm.Conflict):
        me.calls.answer(call)


def test_CAL_04_a_missed_call_leaves_a_to_do_and_a_message_waits(me, known):
    ion = me.users.add(login="ion", unit=me.get(me.user).unit)
    call = me.calls.ring(number="+37322123456", addressee=ion)
    assert me.calls.miss(call).state == "missed"
    (task,) = me.activities.list(where=(crm.field("call") == call.id) & (crm.field("is_todo") == True))  # noqa: E712
    assert (task.owner, task.kind, task.direction, task.state) == (ion.id, "call", "outbound", "planned")
    me.calls.leave_message(call, ion, "Call back before noon")
    with pytest.raises(crm.Invalid):
        me.calls.leave_message(call, ion, " ")


def test_CAL_03_rules_say_who_takes_a_call_and_a_forward_is_kept(me, known):
    acme, popa = known
    ion, vera = (me.users.add(login=login, unit=me.get(me.user).unit) for login in ("ion", "vera"))
    me.parties.add_role(acme, "client")
    me.routing_rules.add(place=1, caller="party", role="client", user=ion)
    me.routing_rules.add(place=2, unit=me.get(me.user).unit, is_active=False)
    assert [rule.user for rule in me.routing_rules.in_use()] == [ion.id]
    call = me.calls.ring(number="+37322123456")
    assert (call.addressee, call.owner) == (ion.id, ion.id)
    stranger = me.calls.ring(number="+40211234567")
    assert stranger.addressee is None and me.calls.route(stranger).addressee is None
    assert me.calls.forward(call, vera, "knows the line").addressee == vera.id
    (forward,) = me.calls.forwards(call)
    assert (forward.from_user, forward.to_user, forward.reason) == (ion.id, vera.id, "knows the line")


@pytest.fixture
def run(tmp_path):
    def run(*arguments, code=0):
        done = subprocess.run([sys.executable, "-m", "crm", "-f", tmp_path / "a.crm", "--as", "ana", *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stderr
        return done.stdout

    return run


def test_CAL_02_on_the_command_line(run, tmp_path):
    run("init", "--admin", "ana", "--country", "MD")
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        me.users.add(login="ion", unit=me.get(me.user).unit)
        acme = me.parties.add(name="Acme SRL")
        me.points.add(record=acme, type="phone", value="022 123 456")
        me.activities.report(subject="Demo", kind="meeting", party=acme, result="liked it")
    told = run("call", "022123456")
    assert "+37322123456: Acme SRL  (responsible: ana)" in told and "meeting  Demo: liked it" in told
    assert run("call", "069 000 000") == "+37369000000: nobody known\n"
    assert json.loads(run("call", "022123456", "--json"))["party"]["name"] == "Acme SRL"
    rung = json.loads(run("call", "022123456", "--register", "--to", "ion", "--subject", "Price", "--json"))
    assert (rung["state"], rung["subject"]) == ("ringing", "Price")
    assert "answered" in run("call", "022123456", "--answer")
    assert "ended" in run("call", rung["id"], "--end", "--result", "sold")
    assert "Price: sold" in run("call", "022123456")
    assert "missed  069000001  for ion" in run("call", "069000001", "--register", "--to", "ion", "--miss", "--message", "call me")
    run("call", "022123456", "--answer", code=3)
    run("call", "022123456", "--register", "--message", "lost", code=2)
    run("call", "022123456", "--answer", "--result", "sold", code=2)
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        assert [task.subject for task in me.activities.list(where=crm.field("is_todo") == True)] == ["069000001"]  # noqa: E712


def test_CAL_01_what_fails_on_the_command_line_leaves_no_call(run, tmp_path):
    run("init", "--admin", "ana", "--country", "MD")
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        me.users.add(login="ion", unit=me.unit)
        me.users.add(login="old", unit=me.unit, is_active=False)
    run("call", "069000001", "--register", "--forward", "nobody", code=3)
    run("call", "069000001", "--register", "--to", "nobody", code=3)
    run("call", "069000001", "--register", "--forward", "old", code=8)
    run("call", "069000001", "--register", "--to", "ion", "--forward", "ion", code=7)
    run("call", "069000001", "--register", "--to", "old", "--message", "lost", code=8)
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        assert list(me.calls.list()) == [] and list(me.activities.list()) == []
    told = run("call", "069000001", "--register", "--forward", "ion", "--end", "--result", "sold")
    assert "ended  069000001  for ion" in told
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        (last,) = me.commands(limit=1)
        assert last.verb == "call.ring"
        me.undo(last)
        assert list(me.calls.list()) == []
