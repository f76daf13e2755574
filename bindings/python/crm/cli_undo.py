"""crm undo and crm trash: turning work back, on the command line."""
import argparse
import json
import sys
from datetime import datetime
from typing import Any, Dict, Iterable, List, Mapping, Optional
from zoneinfo import ZoneInfo

import crm
from crm.cli_past import instant_from
from crm.cli_rights import RECORD


def target_from(text: str) -> int:
    """The number of a command, or of a run as run:NUMBER."""
    prefix, _, number = text.rpartition(":")
    if prefix not in ("", "run") or not number.isdecimal() or len(number) > 18:
        raise argparse.ArgumentTypeError(f"{text}: the number of a command, or run:NUMBER, is needed")
    return crm.RunId(number) if prefix else crm.CommandId(number)


def period_from(me: crm.Session, options: argparse.Namespace) -> Dict[str, Optional[datetime]]:
    """--since from the beginning of a day, --until to its end."""
    period: Dict[str, Optional[datetime]] = {}
    for name, days in (("since", 0), ("until", 1)):
        text = getattr(options, name)
        try:
            period[name] = None if text is None else instant_from(me, text, days)
        except (ValueError, OverflowError):
            raise crm.Invalid(f"--{name} {text!r}: YYYY-MM-DD or YYYY-MM-DDTHH:MM is needed") from None
    return period


def record_of(me: crm.Session, text: str) -> Any:
    """What a command touched may be gone, so a number need not be one that can be read."""
    party = me.parties.by_code(text)
    if party is None and not (text.isdecimal() and len(text) <= 18):
        raise crm.NotFound(f"{text}: no party of that code, and not the number of a record")
    return party or crm.Ref(int(text))


def selection_from(me: crm.Session, options: argparse.Namespace) -> Dict[str, Any]:
    """What undo() is given."""
    return {
        "commands": [what for what in options.what if not isinstance(what, crm.RunId)],
        "runs": [what for what in options.what if isinstance(what, crm.RunId)],
        "user": me.users.by_login(options.by) if options.by else None,
        "verb": options.verb,
        **period_from(me, options),
        "record": record_of(me, options.record) if options.record else None,
        "skip_conflicts": options.skip_conflicts,
    }


def local(me: crm.Session, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(me.zone)):%Y-%m-%d %H:%M}"


def conflict_line(me: crm.Session, conflict: Mapping[str, Any]) -> str:
    where = f"{conflict['record'] or 'something hidden'} {conflict['field'] or ''}".rstrip()
    who = f" by {conflict['user']} at {local(me, conflict['at'])}" if conflict["at"] else ""
    command = f" (command {conflict['changed_in']})" if conflict["changed_in"] else ""
    return f"  {where}: {conflict['reason']}{who}{command}"


def tell(me: crm.Session, conflicts: Iterable[Mapping[str, Any]]) -> None:
    for conflict in conflicts:
        print(conflict_line(me, conflict), file=sys.stderr)


def plain(conflict: Mapping[str, Any]) -> Dict[str, Any]:
    record, at = conflict["record"], conflict["at"]
    return {**conflict, "record": str(record) if record else None, "at": at.isoformat() if at else None}


def tell_rehearsed(effects: crm.Effects, as_json: bool) -> None:
    counts: Dict[str, Any] = {"created": len(effects.created), "changed": len(effects.changed), "removed": len(effects.removed),
                              "denials": effects.denials}
    if as_json:
        print(json.dumps(counts, ensure_ascii=False))
        return
    print(f"would bring back {counts['created']}, change {counts['changed']} and remove {counts['removed']} records")
    for denial in effects.denials:
        print(f"  not allowed: {denial}")


def run_undo(me: crm.Session, options: argparse.Namespace) -> int:
    selection = selection_from(me, options)
    try:
        if options.dry_run:
            tell_rehearsed(me.rehearse_undo(**selection), options.json)
            return 0
        done = me.undo(**selection)
    except crm.Conflict as error:
        tell(me, error.conflicts)
        raise
    if options.json:
        print(json.dumps({"command": done.id, "commands": done.commands, "conflicts": [plain(each) for each in done.conflicts]},
                         ensure_ascii=False))
        return 0
    tell(me, done.conflicts)
    left = f", {len(done.conflicts)} conflicts left as they are" if done.conflicts else ""
    many = "1 command" if len(done.commands) == 1 else f"{len(done.commands):,} commands"
    print(f"{many} turned back by command {done.id}{left}")
    return 0


def item_to_json(item: crm.TrashItem) -> Dict[str, Any]:
    return {"record": str(item.record.id), "kind": item.record.id.kind, "title": item.title, "command": item.command.id,
            "at": item.command.at.isoformat(), "user": item.user,
            "along": [{"record": str(record), "field": field} for record, field in item.along]}


def run_trash(me: crm.Session, options: argparse.Namespace) -> int:
    if options.restore is not None:
        return restore(me, options)
    page = me.trash.list(options.kind, removed_by=me.users.by_login(options.by) if options.by else None,
                         **period_from(me, options), undone=options.undone, limit=options.limit, after=options.after)
    if options.json:
        print(json.dumps({"rows": [item_to_json(item) for item in page], "next": page.next}, ensure_ascii=False))
        return 0
    lines: List[str] = [f"{item.record.id}  {item.record.id.kind}  {item.title}  ({local(me, item.command.at)}, {item.user}, "
                        f"{len(item.along)} along)" for item in page]
    print("\n".join(lines) if lines else "nothing")
    if page.next:
        print(f"There are more: --after {page.next}")
    return 0


def restore(me: crm.Session, options: argparse.Namespace) -> int:
    try:
        done = me.trash.restore(crm.Ref(options.restore))
    except crm.Conflict as error:
        tell(me, error.conflicts)
        raise
    if options.json:
        print(json.dumps({"command": done.id, "conflicts": [plain(each) for each in done.conflicts]}, ensure_ascii=False))
        return 0
    tell(me, done.conflicts)
    print(f"{options.restore} restored by command {done.id}")
    return 0


def add_period_options(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--user", dest="by", metavar="LOGIN", help=f"only what this user {what}")
    parser.add_argument("--since", metavar="TIME", help="at or after: a day or YYYY-MM-DDTHH:MM, in your zone if it says no other")
    parser.add_argument("--until", metavar="TIME", help="before, of a day its end; written the same")


def add_undo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="*", type=target_from, metavar="COMMAND|run:N",
                        help="numbers of commands, or run: and the number of a run; all given commands are turned back as one")
    add_period_options(parser, "did")
    parser.add_argument("--verb", metavar="V", help="only commands of this name (party.add)")
    parser.add_argument("--record", metavar="R", help="only what made, changed or removed one record: " + RECORD)
    parser.add_argument("--skip-conflicts", action="store_true", help="leave what was changed since, and turn back the rest")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and keep nothing")


def add_trash_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--restore", type=int, metavar="N", help="bring this record back with what went along")
    parser.add_argument("--kind", metavar="K", help="only party, contact, activity, …")
    add_period_options(parser, "removed")
    parser.add_argument("--undone", action="store_true", help="what an undo took away, too")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="rows (50)")
    parser.add_argument("--after", metavar="KEY", help="where the page before ended")
