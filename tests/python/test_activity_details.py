"""ACT-05, ACT-07, ACT-08, ACT-10, ACT-13, ACT-14, DOC-06: what stands around activities, from Python."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

import crm

MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)


@pytest.fixture
def petru(db, me):
    user = me.users.add(login="petru", name="Petru", unit=me.unit)
    for action in ("read", "create", "change", "assign"):
        me.rights.grant(user, "*", action, "own")
    me.rights.grant(user, "*", "read", "shared")
    return db.trusted_session("petru")


@pytest.fixture
def visit(me):
    return me.activities.plan(subject="Visit", kind="meeting", start_at=MONDAY + timedelta(days=1))


def test_ACT_08_participants_are_invited_and_answer(me, petru, visit):
    maria = me.contacts.add(last_name="Maria")
    contact = me.participants.invite(visit, maria, "optional")
    user = me.participants.invite(visit, petru.user, "chair")
    assert me.participants.of(visit) == [user, contact]
    assert [each.activity for each in petru.participants.invitations()] == [visit.id]
    assert petru.participants.answer(visit, "accepted").acceptance == "accepted"
    assert petru.participants.invitations() == []
    with pytest.raises(crm.Invalid):
        petru.participants.answer(visit, "perhaps")
    with pytest.raises(crm.Conflict):
        me.participants.invite(visit, maria)


def test_ACT_07_costs_add_up(me):
    project = me.projects.add(name="Cellar")
    trip = me.activities.plan(subject="Trip", kind="meeting", start_at=MONDAY, project=project)
    cost = me.costs.add(activity=trip, type="travel", amount="120.50", amount_currency="EUR")
    me.costs.add(activity=trip, type="meals", amount=Decimal("99"))
    assert me.costs.of(trip)[0] == cost
    assert me.costs.total(project) == me.costs.total(trip) == {"EUR": Decimal("120.50"), "MDL": Decimal("99.00")}


def test_DOC_06_files_are_attached_and_read(me, petru, tmp_path):
    acme = me.parties.add(name="Acme SRL")
    picture = b"\x89PNG\r\n\x00\xff"
    made = me.attachments.attach(acme, "picture.png", picture, "image/png")
    assert made.size == len(picture)
    assert me.attachments.read(made) == picture
    out = tmp_path / "out.png"
    me.attachments.write_to(made, out)
    assert out.read_bytes() == picture
    assert me.attachments.attach_file(acme, out).digest == made.digest
    me.attachments.add(record=acme, file_name="plan.dwg", path="/srv/plan.dwg")
    assert [each.file_name for each in me.attachments.of(acme)] == ["picture.png", "out.png", "plan.dwg"]
    with pytest.raises(crm.NotFound):
        petru.attachments.read(made)
    with pytest.raises(crm.LimitExceeded):
        me.attachments.attach(acme, "large", bytes(crm.Attachments.most_bytes + 1))
    me.attachments.remove(made)
    assert me.attachments.free_removed(me.now + timedelta(days=1))["attachments"] == 1


def test_ACT_14_work_is_given_and_followed(me, petru, clock):
    acme = me.parties.add(name="Acme SRL")
    task = me.tasks.assign(petru.user, acme, subject="Send the contract", start_at=MONDAY)
    assert (task.party, task.kind, task.assigned_by) == (acme.id, "task", me.user)
    clock.advance(days=1)
    [given] = me.tasks.assigned_by().rows
    assert given.is_overdue and given.activity.state == "planned"
    petru.activities.complete(task, "sent")
    assert me.tasks.assigned_by(open_only=True).rows == []
    own = me.activities.plan(subject="Mine", kind="task", start_at=MONDAY)
    assert me.tasks.delegate(own, petru.user).owner == petru.user


def test_ACT_10_to_dos_keep_their_days(me):
    made = me.activities.plan(subject="Count", kind="task", start_at=MONDAY, end_at=MONDAY + timedelta(days=4), is_todo=True)
    assert [each.activity for each in me.tasks.to_dos().rows] == [made]
    assert me.activities.complete(made, "done").end_at == made.end_at
    assert me.tasks.to_dos(open_only=True).rows == []


def test_ACT_05_breaks_chains_and_frequency(me):
    acme = me.parties.add(name="Acme SRL")
    first = me.activities.report(subject="Call", kind="call", party=acme, start_at=MONDAY - timedelta(days=40))
    [found] = me.interactions.breaks(unit=me.unit, silent_days=30).rows
    assert (found.party, found.last, found.planned) == (acme.id, first.id, None)
    following = me.activities.follow_up(first, subject="Again", start_at=MONDAY - timedelta(days=10))
    assert me.interactions.breaks().rows == []
    me.activities.complete(following, "done", end_at=MONDAY - timedelta(days=10))
    assert [each.id for each in me.interactions.broken_chains().rows] == [following.id]
    often = me.interactions.frequency(acme, date(2026, 1, 1), date(2026, 3, 1))
    assert often["months"] == {(2026, 1): 1, (2026, 2): 1}
    assert often["mean_gap_days"] == 30
    with pytest.raises(crm.Invalid):
        me.interactions.breaks(unplanned=False)


def test_ACT_13_workload(me, visit):
    me.activities.change(visit, visit.version, end_at=visit.start_at + timedelta(hours=2))
    [load] = me.workload(me.unit, date(2026, 3, 1), date(2026, 4, 1))
    assert (load.user, load.activities.planned, load.projects.planned) == (me.user, 1, 0)
    assert load.planned_minutes == 120
