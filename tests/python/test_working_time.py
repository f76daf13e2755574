"""ACT-12, ACT-17, ACT-18: working hours, schedules, worked time and what it costs, from Python."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

import crm


def march(day, hour=None):
    return date(2026, 3, day) if hour is None else datetime(2026, 3, day, hour, tzinfo=timezone.utc)


@pytest.fixture
def ion(me):
    unit = me.units.add(name="Sales", parent=me.unit)
    return me.users.add(login="ion", name="Ion Rusu", unit=unit)


def test_ACT_12_working_hours_and_holidays(me, ion):
    assert me.working_hours.of(ion, march(6), march(9)) == [(march(6, 7), march(6, 16)), (march(9, 7), march(9, 16))]
    me.working_hours.add(unit=ion.unit, weekday="MO", starts="10:00", ends="12:00")
    me.holidays.add(falls_on=march(7), name="In place of Monday", worked_as="MO")
    assert me.working_hours.of(ion, march(6), march(9)) == [(march(7, 8), march(7, 10)), (march(9, 8), march(9, 10))]
    assert me.working_hours.works_at(ion, march(9, 9))
    with pytest.raises(crm.Invalid, match="HH:MM"):
        me.working_hours.add(weekday="MO", starts="9", ends="12:00")


def test_ACT_12_where_everybody_is(me, ion):
    acme = me.parties.add(name="Acme SRL")
    trip = me.schedule.add(owner=ion, starts_on=march(3), ends_on=march(5), whereabouts="business_trip",
                           town="Cahul", organisation="Vinuri de Sud", purpose="Demo")
    me.schedule.add(owner=ion, starts_on=march(4), starts="10:00", ends="12:00", whereabouts="client", party=acme)
    assert [(each.name, each.place) for each in me.schedule.where_is_everybody(march(3, 9))] == [
        ("ana", "office"), ("Ion Rusu", "business_trip")]
    now = me.schedule.where_is(ion, march(4, 9))
    assert (now.place, now.works, now.entry.party) == ("client", True, acme.id)
    days = me.schedule.days(march(4), march(5), [ion])
    assert [[entry.whereabouts for entry in day.entries] for day in days] == [
        ["business_trip", "client"], ["business_trip"]]
    assert days[1].day == march(5) and days[1].user == ion.id and days[1].hours == [(march(5, 7), march(5, 16))]
    with pytest.raises(crm.Invalid, match="has an entry"):
        me.schedule.add(owner=ion, starts_on=march(5), whereabouts="leave")
    me.schedule.change(trip, trip.version, whereabouts="leave")
    assert not me.working_hours.works_at(ion, march(5, 9))


def test_ACT_18_worked_time_and_the_schedule(me, ion):
    project = me.projects.add(name="Winery")
    task = me.activities.plan(subject="Set up", kind="task", start_at=march(2, 8), project=project)
    me.time_entries.add(activity=task, worked_on=march(2), minutes=600, note="pumps")
    me.time_entries.add(activity=task, user=ion, worked_on=march(2), minutes=30)
    assert [entry.minutes for entry in me.time_entries.of(task)] == [600, 30]
    by_user = me.time_entries.hours(march(1), march(31), by_user=True, by_project=True)
    assert [(each.user, each.project, each.minutes, each.day) for each in by_user] == [
        (me.user, project.id, 600, None), (ion.id, project.id, 30, None)]
    balance = me.time_entries.balance(march(1), march(2), [me.user])
    assert [(each.day, each.worked, each.scheduled, each.difference) for each in balance] == [
        (march(2), 600, 540, 60)]
    with pytest.raises(crm.Invalid, match="24 hours"):
        me.time_entries.add(activity=task, worked_on=march(2), minutes=841)


def test_ACT_17_labour_cost_ahead_and_actual(me, ion):
    me.hourly_rates.add(owner=ion, starts_on=march(1), rate=Decimal("120.50"))
    assert me.hourly_rates.of(ion)[0].rate_currency == "MDL"
    task = me.activities.plan(subject="Set up", kind="task", start_at=march(2, 8), owner=ion, planned_minutes=90)
    me.time_entries.add(activity=task, user=ion, worked_on=march(2), minutes=20)
    me.time_entries.add(activity=task, worked_on=march(2), minutes=5)
    labour = me.hourly_rates.labour(task)
    assert (labour.estimated, labour.actual) == ({"MDL": Decimal("180.75")}, {"MDL": Decimal("40.17")})
    assert (labour.planned_minutes, labour.worked_minutes, labour.worked_without_rate) == (90, 25, 5)
    with pytest.raises(crm.NotFound):
        me.hourly_rates.labour(ion)
