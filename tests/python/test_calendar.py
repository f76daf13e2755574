"""ACT-11, ACT-15: series of activities and calendars, from Python and on the command line."""

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone

import pytest

import crm

MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)  # 10:00 in Chișinău
WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def acme(me):
    return me.parties.add(name="Acme SRL")


@pytest.fixture
def weekly(me, acme):
    return me.activities.plan(subject="Stand-up", kind="meeting", party=acme, start_at=MONDAY, end_at=MONDAY + HOUR,
                              zone="Europe/Chisinau", recurrence="freq=weekly")


def starts(me, series):
    return me.series.times(series, MONDAY, MONDAY + 5 * WEEK - HOUR)


def test_ACT_15_one_occurrence_some_and_all(me, weekly):
    assert weekly.recurrence == "RRULE:FREQ=WEEKLY" and weekly.recurs_until is None
    assert starts(me, weekly) == [MONDAY + n * WEEK - (HOUR if n == 4 else timedelta()) for n in range(5)]
    done = me.series.complete(weekly, MONDAY, "agreed", end_at=MONDAY + HOUR,
                              follow_up={"subject": "Offer", "kind": "letter", "start_at": MONDAY + DAY})
    assert (done.state, done.result, done.series, done.recurrence_id) == ("completed", "agreed", weekly.id, MONDAY)
    assert [each.subject for each in me.activities.chain(done)] == ["Stand-up", "Offer"]
    moved = me.series.change(weekly, MONDAY + WEEK, start_at=MONDAY + WEEK + DAY, end_at=None, subject="Later")
    assert (moved.start_at, moved.subject) == (MONDAY + WEEK + DAY, "Later")
    assert me.series.cancel(weekly, MONDAY + 2 * WEEK, "holiday").state == "cancelled"
    assert me.series.skip(weekly, MONDAY + 3 * WEEK).recurrence.endswith("EXDATE:20260323T100000")
    assert len(me.series.touched(weekly)) == 3
    assert me.series.occurrence(weekly, MONDAY + 4 * WEEK - HOUR).id is None
    later = me.series.change_following(weekly, MONDAY + 2 * WEEK, subject="New")
    assert later.subject == "New" and me.series.occurrence(later, MONDAY + 2 * WEEK).state == "cancelled"
    assert len(starts(me, weekly)) == 2
    assert me.series.end_before(weekly, MONDAY + WEEK).recurs_until == MONDAY + HOUR
    with pytest.raises(crm.Conflict):
        me.series.complete(later, MONDAY + 2 * WEEK)
    with pytest.raises(crm.Invalid, match="recurrence_id"):
        me.series.start(later, MONDAY)
    me.undo(me.commands(limit=1)[0].id)
    assert len(starts(me, weekly)) == 2


def test_ACT_11_agenda_free_busy_and_slots(me, db, acme, weekly):
    ion = me.users.add(login="ion", unit=me.unit)
    me.activities.plan(subject="Ion's", kind="call", owner=ion, start_at=MONDAY + 2 * HOUR, end_at=MONDAY + 3 * HOUR)
    me.series.start(weekly, MONDAY)
    window = crm.week_of(date(2026, 3, 4), "Europe/Chisinau")
    assert window == (MONDAY - 10 * HOUR, MONDAY - 10 * HOUR + WEEK)
    agenda = me.calendar.agenda(*window, [me.user, ion])
    first, second = agenda.entries
    assert (first.subject, first.kind, first.state, first.party_name) == ("Stand-up", "meeting", "started", "Acme SRL")
    assert first.is_touched and first.series == weekly.id and first.recurrence_id == MONDAY
    assert (second.owner, second.start, second.end) == (ion.id, MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)
    assert second.recurrence_id is None and not second.is_touched
    assert len(agenda.working) == 10 and agenda.working[0] == (me.user, MONDAY - HOUR, MONDAY + 8 * HOUR)
    (next_one,) = me.calendar.agenda(window[0] + WEEK, window[1] + WEEK, working_hours=False).entries
    assert next_one.activity == next_one.series == weekly.id and next_one.start == MONDAY + WEEK
    day = crm.day_of(date(2026, 3, 2), "Europe/Chisinau")
    assert me.calendar.free_busy(*day, [me.user, ion]) == {
        me.user: [(MONDAY, MONDAY + HOUR)], ion.id: [(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)]}
    assert me.calendar.find_slots(*day, [me.user, ion], length=2 * HOUR, limit=1) == [(MONDAY + 3 * HOUR, MONDAY + 5 * HOUR)]
    assert me.calendar.find_slots(*day, ion, length=timedelta(hours=9)) == []
    assert crm.month_of(date(2026, 3, 4), "UTC")[1] == datetime(2026, 4, 1, tzinfo=timezone.utc)
    for bad in ({"length": 3}, {"length": HOUR, "step": 0}):
        with pytest.raises(crm.Invalid):
            me.calendar.find_slots(*day, **bad)
    with pytest.raises(crm.Invalid, match="window"):
        me.calendar.agenda(day[1], day[0])
    me.activities.cancel(weekly)
    assert me.calendar.agenda(window[0] + WEEK, window[1] + WEEK, cancelled=True).entries[0].state == "cancelled"


def test_ACT_11_crm_agenda_shows_a_day_a_week_and_a_month(me, path, acme, weekly):
    me.users.add(login="ion", unit=me.unit)

    def run(*arguments, code=0):
        line = [sys.executable, "-m", "crm", "-f", str(path), "--as", "ana", "agenda", *arguments]
        done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120,
                              env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    day = run("2026-03-02", "--hours")
    assert "ana works 09:00–18:00" in day and "10:00–11:00" in day and "meeting: Stand-up  (Acme SRL)  [planned]" in day
    assert "Stand-up" not in run("2026-03-03") and run("2026-03-03", "--week").count("Stand-up") == 1
    told = json.loads(run("2026-03-20", "--month", "--user", "ana", "--user", "ion", "--json"))
    assert [entry["start"] for entry in told["entries"]] == [
        "2026-03-02T10:00+02:00", "2026-03-09T10:00+02:00", "2026-03-16T10:00+02:00", "2026-03-23T10:00+02:00", "2026-03-30T10:00+03:00"]
    assert {each["user"] for each in told["working"]} == {"ana", "ion"}
    assert run("--user", "nobody", code=3).startswith("crm: ")
    assert "YYYY-MM-DD" in run("tomorrow", code=8)
