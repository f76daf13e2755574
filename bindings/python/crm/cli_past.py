"""crm feed, and --as-of: the past and the changes, on the command line."""
import argparse
import json
from datetime import date, datetime, timedelta
from typing import Any, Callable, Union
from zoneinfo import ZoneInfo

import crm

AS_OF = "as it was: the number of a command, a day (its end) or YYYY-MM-DDTHH:MM, in your zone"


def instant_from(me: crm.Session, text: str, days: int = 0) -> datetime:
    """An instant in the session's zone, if the text says no other; of a day its beginning, or that of a day later. Raises ValueError."""
    zone = ZoneInfo(me.zone)
    if len(text) == 10:
        day = date.fromisoformat(text) + timedelta(days=days)
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    at = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def moment_from(me: crm.Session, text: str) -> Union[int, datetime]:
    """A command's number, or an instant: of a day its last."""
    if text.isdecimal() and len(text) <= 18:
        return int(text)
    try:
        at = instant_from(me, text, days=1)
    except (ValueError, OverflowError):
        raise crm.Invalid(f"--as-of {text!r}: a command's number, YYYY-MM-DD or YYYY-MM-DDTHH:MM is needed") from None
    return at - timedelta(microseconds=1) if len(text) == 10 else at


def past_from(me: crm.Session, options: argparse.Namespace) -> Any:
    """The past that --as-of means; None without it."""
    return None if options.as_of is None else me.as_of(moment_from(me, options.as_of))


def run_feed(me: crm.Session, options: argparse.Namespace) -> int:
    if options.now:
        print(me.feed.now())
        return 0
    page = me.feed.read(options.position, limit=options.limit, fields=options.fields, kinds=options.kind or None)
    if options.json:
        entries = [{"command": entry.command, "record": str(entry.record), "kind": entry.record.kind, "what": entry.what,
                    **({"fields": entry.fields} if options.fields else {})} for entry in page.entries]
        print(json.dumps({"entries": entries, "position": page.position, "at_end": page.at_end}))
        return 0
    for entry in page.entries:
        print(f"{entry.command}  {entry.what:8}  {entry.record.kind} {entry.record}  {', '.join(entry.fields)}".rstrip())
    print(f"position {page.position}" + ("" if page.at_end else "  (more)"))
    return 0


def run_restore(options: argparse.Namespace) -> int:
    with crm.open(options.file) as database:
        database.restore(options.backup)
        print(f"{database.path}: restored from {options.backup}")
    return 0


def add_past_commands(command: Callable[..., argparse.ArgumentParser]) -> None:
    """`crm feed` and `crm restore`."""
    feed = command("feed", run_feed, "tell what changed since a position")
    feed.add_argument("position", nargs="?", help="as the feed gave it; none for the beginning")
    feed.add_argument("--now", action="store_true", help="print the position of the end instead")
    feed.add_argument("--kind", action="append", default=[], metavar="K", help="only party, contact, …; repeatable")
    feed.add_argument("--fields", action="store_true", help="name the fields that changed")
    feed.add_argument("--limit", type=int, default=1000, metavar="N", help="entries (1000)")
    restore = command("restore", run_restore, "put a backup in the place of the file's content", has_json=False)
    restore.add_argument("backup", metavar="BACKUP", help="a file that backup made; what was written since it is lost")


def add_as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="WHEN", help=AS_OF)
