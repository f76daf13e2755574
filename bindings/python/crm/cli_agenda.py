"""crm agenda: what users do on a day, in a week or a month, on the command line."""
import argparse
import json
from datetime import date, datetime
from itertools import groupby
from typing import Any, Dict, List, Tuple
from zoneinfo import ZoneInfo

import crm

WINDOWS = {"day": crm.day_of, "week": crm.week_of, "month": crm.month_of}


def window_from(me: crm.Session, options: argparse.Namespace) -> Tuple[datetime, datetime]:
    """The day, week or month in which a day lies, by the clock of the session's zone."""
    try:
        day = date.fromisoformat(options.date) if options.date else datetime.now(ZoneInfo(me.zone)).date()
    except ValueError:
        raise crm.Invalid(f"{options.date!r}: a date as YYYY-MM-DD is needed") from None
    return WINDOWS[options.span](day, me.zone)


def users_from(me: crm.Session, logins: List[str]) -> List[Any]:
    return [me.users.by_login(login) for login in logins] or [me.get(me.user)]


def text_of(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="minutes")


def entry_as_dict(entry: crm.CalendarEntry, zone: ZoneInfo, logins: Dict[int, str]) -> Dict[str, Any]:
    return {
        "activity": str(entry.activity), "user": logins[entry.user], "start": text_of(entry.start, zone), "end": text_of(entry.end, zone),
        "subject": entry.subject, "kind": entry.kind, "status": entry.status, "state": entry.state, "party": entry.party_name,
        "recurrence_id": entry.recurrence_id and text_of(entry.recurrence_id, zone), "acceptance": entry.acceptance,
    }


def hours_of(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """"10:00–11:00"; of what goes on on other days, the day too."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    begin = f"{first:%H:%M}"
    if first == last:
        return begin
    return f"{begin}–{last:%H:%M}" if first.date() == last.date() else f"{begin}–{last:%d.%m. %H:%M}"


def show_working(agenda: crm.Agenda, zone: ZoneInfo, logins: Dict[int, str]) -> None:
    for (user, day), hours in groupby(agenda.working, lambda each: (each[0], each[1].astimezone(zone).date())):
        print(f"{day}  {logins[user]} works {', '.join(hours_of(start, end, zone) for _, start, end in hours)}")


def show_entries(agenda: crm.Agenda, zone: ZoneInfo, logins: Dict[int, str]) -> None:
    for day, entries in groupby(agenda.entries, lambda entry: entry.start.astimezone(zone).date()):
        print(f"{day:%Y-%m-%d %a}")
        for entry in entries:
            mark = "↻" if entry.recurrence_id else " "
            about = f"  ({entry.party_name})" if entry.party_name else ""
            who = f"  {logins[entry.user]}" if len(logins) > 1 else ""
            print(f"  {hours_of(entry.start, entry.end, zone):13} {mark} {entry.kind or '–'}: {entry.subject or '–'}{about}"
                  f"  [{entry.status or entry.state}]{who}")


def run_agenda(me: crm.Session, options: argparse.Namespace) -> int:
    zone = ZoneInfo(me.zone)
    users = users_from(me, options.whose)
    logins = {user.id: user.login for user in users}
    agenda = me.calendar.agenda(*window_from(me, options), users, cancelled=options.cancelled)
    if options.json:
        working = [{"user": logins[user], "start": text_of(start, zone), "end": text_of(end, zone)} for user, start, end in agenda.working]
        print(json.dumps({"entries": [entry_as_dict(entry, zone, logins) for entry in agenda.entries], "working": working}, ensure_ascii=False))
        return 0
    if options.hours:
        show_working(agenda, zone, logins)
    show_entries(agenda, zone, logins)
    return 0


def add_agenda_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("date", nargs="?", metavar="YYYY-MM-DD", help="a day in it (today)")
    span = parser.add_mutually_exclusive_group()
    for name in WINDOWS:
        span.add_argument(f"--{name}", dest="span", action="store_const", const=name, help=f"the {name}" + (" (this is what is shown without)" if name == "day" else ""))
    parser.set_defaults(span="day")
    parser.add_argument("--user", dest="whose", action="append", default=[], metavar="LOGIN", help="whose; repeatable (your own)")
    parser.add_argument("--cancelled", action="store_true", help="what was cancelled too")
    parser.add_argument("--hours", action="store_true", help="first the hours that each works")
