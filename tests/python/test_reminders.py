"""Reminders and notices in Python and on the command line."""
import argparse
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import crm
import pytest
from crm.cli_remind import run_remind

HOUR = timedelta(hours=1)


def now():
    return datetime.now(timezone.utc).replace(microsecond=0)


@pytest.fixture
def db(path):
    """By the true clock, as the command line goes."""
    with crm.create(path, admin="ana", country="MD", zone="Europe/Chisinau", currency="MDL") as database:
        yield database


@pytest.fixture
def acme(me):
    return me.parties.add(name="Acme SRL")


@pytest.fixture
def visit(me):
    return me.activities.plan(subject="Visit", kind="meeting", start_at=now() + HOUR)


def test_ACT_09_a_reminder_is_handed_out_once_and_can_be_put_off(me, visit):
    reminder = me.reminders.set(visit, 90, text="bring the offer")
    assert (reminder.before, reminder.user) == (90, me.user) and me.reminders.of(visit) == [reminder]
    assert me.reminders.next_due() == visit.start_at - timedelta(minutes=90)
    (due,) = me.reminders.take()
    assert (due.reminder, due.record, due.name, due.text) == (reminder.id, visit.id, "Visit", "bring the offer")
    assert (due.event_at, due.occasion) == (visit.start_at, None)
    assert me.reminders.take() == [] and me.reminders.next_due() is None
    me.reminders.snooze(reminder, now() + HOUR)
    assert me.reminders.next_due() > now()
    with pytest.raises(crm.Invalid):
        me.reminders.set(visit)


def test_CON_03_any_record_at_an_instant(me, acme):
    me.reminders.set(acme, at=now() - HOUR)
    assert [due.name for due in me.reminders.take()] == [acme.name]


def test_NOT_01_notices_are_handed_out_once(me, db):
    ion = me.users.add(login="ion", unit=me.unit)
    me.activities.plan(subject="Visit", kind="meeting", start_at=now(), owner=ion)
    his = db.trusted_session("ion")
    (unread,) = his.notices.unread()
    (taken,) = his.notices.take()
    assert (taken.id, taken.reason, taken.from_user) == (unread.id, "assignment", me.user)
    assert unread.read_at is None and taken.read_at is not None and his.notices.take() == []
    assert [each.id for each in his.notices.list().rows] == [taken.id]
    his.notices.mark_read(taken.id)
    with pytest.raises(crm.NotFound):
        me.notices.mark_read(taken.id)


def remind(path, login, *arguments):
    line = [sys.executable, "-m", "crm", "-f", str(path), "--as", login, "remind", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ACT_09_crm_remind_tells_each_once(me, path, visit):
    me.reminders.set(visit, 90, text="bring the offer")
    me.reminders.set(visit, 5)
    assert remind(path, "ana").rstrip().endswith("Visit  bring the offer")
    told = json.loads(remind(path, "ana", "--json"))
    assert told["reminders"] == told["notices"] == []
    assert datetime.fromisoformat(told["next_due"]) == visit.start_at - timedelta(minutes=5)


def test_NOT_01_crm_remind_tells_what_others_did(me, path):
    ion = me.users.add(login="ion", unit=me.unit)
    me.rights.grant(ion, "activity", "read", "own")
    visit = me.activities.plan(subject="Visit", kind="meeting", start_at=now(), owner=ion)
    assert remind(path, "ion").rstrip().endswith("assignment: Visit  from ana")
    me.activities.plan(subject="Demo", kind="meeting", start_at=now(), owner=ion)
    (told,) = json.loads(remind(path, "ion", "--json"))["notices"]
    assert (told["reason"], told["from"]) == ("assignment", str(me.user)) and told["record"] != str(visit.id)


@pytest.mark.parametrize("as_json", [False, True])
def test_ACT_09_crm_remind_loses_nothing_where_a_later_part_fails(me, visit, capsys, as_json):
    def busy(limit):
        raise crm.Busy("held by another")

    me.reminders.set(visit, 90, text="bring the offer")
    half = SimpleNamespace(reminders=me.reminders, notices=SimpleNamespace(take=busy), zone=me.zone)
    with pytest.raises(crm.Busy):
        run_remind(half, argparse.Namespace(limit=100, json=as_json))
    told = capsys.readouterr().out
    if as_json:
        told = json.loads(told)["reminders"][0]["text"]
    assert "bring the offer" in told


def test_NOT_01_crm_remind_names_what_has_a_name(me, path):
    ion = me.users.add(login="ion", unit=me.unit)
    me.rights.grant(ion, "call", "read", "shared")
    other = me.users.add(login="vera", unit=me.unit)
    nameless, named = me.calls.ring(addressee=other), me.calls.ring(number="022 123 456", addressee=other)
    me.calls.leave_message(nameless, ion, "x")
    me.calls.leave_message(named, ion, "y")
    first, second = remind(path, "ion").splitlines()
    assert first.endswith("message  from ana  x") and second.endswith("message: 022 123 456  from ana  y")
