"""ACT-15: recurrence of RFC 5545 in Python."""
from datetime import date, datetime, timedelta, timezone

import pytest

import crm

UTC = timezone.utc
WEEKLY = crm.Recurrence.parse("RRULE:FREQ=WEEKLY;BYDAY=MO,TH")
START = datetime(2026, 3, 23, 8, 0, tzinfo=UTC)  # a Monday, 10:00 in Bucharest


def test_a_meeting_keeps_its_wall_time_when_the_clocks_change():
    found = WEEKLY.occurrences(START, "Europe/Bucharest", since=START, until=START + timedelta(days=11))
    assert found == [START, datetime(2026, 3, 26, 8, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC),
                     datetime(2026, 4, 2, 7, 0, tzinfo=UTC)]
    assert all(at.tzinfo is not None for at in found)


def test_whole_days_need_no_zone():
    monthly = crm.Recurrence.parse("FREQ=MONTHLY;BYMONTHDAY=31")
    found = monthly.occurrences(date(2026, 1, 31), since=date(2026, 2, 1), until=date(2026, 6, 1))
    assert found == [date(2026, 3, 31), date(2026, 5, 31)]
    assert monthly.next(date(2026, 1, 31), at=date(2026, 2, 1)) == date(2026, 3, 31)


def test_the_window_is_bounded_by_a_limit():
    assert WEEKLY.is_endless
    assert len(WEEKLY.occurrences(START, "UTC", since=START, until=START + timedelta(days=365), limit=3)) == 3
    with pytest.raises(crm.LimitExceeded):
        WEEKLY.occurrences(START, "UTC", since=START, until=START, limit=10**9)
    with pytest.raises(crm.Invalid):
        WEEKLY.occurrences(START, "UTC", since=START, until=START, limit=0)


def test_the_next_occurrence():
    assert WEEKLY.next(START, "Europe/Bucharest", at=START + timedelta(seconds=1)) == datetime(2026, 3, 26, 8, 0, tzinfo=UTC)
    once = crm.Recurrence()
    assert once.next(START, "UTC", at=START) == START
    assert once.next(START, "UTC", at=START + timedelta(seconds=1)) is None


def test_the_text_is_canonical_and_the_value_hashable():
    assert str(crm.Recurrence.parse("freq=weekly;byday=TH,MO;interval=1")) == "RRULE:FREQ=WEEKLY;BYDAY=MO,TH"
    assert crm.Recurrence.parse("freq=weekly;byday=TH,MO") == WEEKLY
    assert len({WEEKLY, crm.Recurrence.parse(str(WEEKLY)), crm.Recurrence()}) == 2
    assert WEEKLY != "RRULE:FREQ=WEEKLY;BYDAY=MO,TH"
    assert eval(repr(WEEKLY)) == WEEKLY


@pytest.mark.parametrize("text, field", [
    ("FREQ=SOMETIMES", "FREQ"), ("FREQ=DAILY;COUNT=0", "COUNT"), ("EXRULE:FREQ=DAILY", "EXRULE"), ("every monday", None)])
def test_what_is_no_recurrence_is_refused(text, field):
    with pytest.raises(crm.Invalid) as caught:
        crm.Recurrence.parse(text)
    assert (caught.value.kind, caught.value.field) == ("recurrence", field)


def test_arguments_of_other_types_are_refused():
    for start, zone, since in [(START, None, START), (START, "Mars/Olympus", START), (START.replace(tzinfo=None), "UTC", START),
                               (START, "UTC", date(2026, 1, 1)), (date(2026, 1, 1), None, START)]:
        with pytest.raises(crm.Invalid):
            WEEKLY.occurrences(start, zone, since=since, until=since)
    with pytest.raises(crm.Invalid):
        crm.Recurrence.parse(b"FREQ=DAILY")
