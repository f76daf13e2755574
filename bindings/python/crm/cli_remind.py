"""crm remind: what is due and what others did, each told once, on the command line."""
import argparse
import json
import sys
from typing import Any, Dict, Optional
from zoneinfo import ZoneInfo

import crm


def reminder_as_dict(due: crm.DueReminder) -> Dict[str, Any]:
    return {"reminder": str(due.reminder), "record": str(due.record), "name": due.name, "due_at": due.due_at.isoformat(),
            "event_at": due.event_at.isoformat(), "occasion": due.occasion, "text": due.text}


def notice_as_dict(notice: crm.Notice) -> Dict[str, Any]:
    return {"id": notice.id, "reason": notice.reason, "record": notice.record and str(notice.record), "text": notice.text,
            "from": str(notice.from_user), "noticed_at": notice.noticed_at.isoformat()}


def show(me: crm.Session, due: crm.DueReminder) -> None:
    at = due.event_at.astimezone(ZoneInfo(me.zone))
    words = [f"{at:%Y-%m-%d}" if due.occasion else f"{at:%Y-%m-%d %H:%M}", due.name or str(due.record)]
    print("  ".join(words + [f"[{due.occasion}]"] * bool(due.occasion) + [due.text or ""] * bool(due.text)))


def name_of(record: Any) -> Optional[str]:
    """What a record is called; of a call who calls, where no subject was given."""
    names = (getattr(record, field, None) for field in ("subject", "name", "caller_name", "number"))
    return next((name for name in names if name), None)


def show_notice(me: crm.Session, notice: crm.Notice) -> None:
    name = name_of(me.records(notice.record.kind).find(notice.record)) if notice.record else None
    told = f"{notice.noticed_at.astimezone(ZoneInfo(me.zone)):%Y-%m-%d %H:%M}  {notice.reason}" + (f": {name}" if name else "")
    print("  ".join([told, f"from {me.get(notice.from_user).login}"] + [notice.text or ""] * bool(notice.text)))


def tell_json(me: crm.Session, limit: int) -> None:
    """One object, closed also where a later part of it fails."""
    def part(name: str, value: Any) -> None:
        print(f'"{name}": {json.dumps(value, ensure_ascii=False)}', end="", flush=True)

    reminders = me.reminders.take(limit)
    print("{", end="")
    part("reminders", [reminder_as_dict(each) for each in reminders])
    try:
        notices = [notice_as_dict(each) for each in me.notices.take(limit)]
        print(", ", end="")
        part("notices", notices)
        next_due = me.reminders.next_due()
        print(", ", end="")
        part("next_due", next_due and next_due.isoformat())
    finally:
        print("}")


def tell(me: crm.Session, limit: int) -> None:
    for due in me.reminders.take(limit):
        show(me, due)
    sys.stdout.flush()
    for notice in me.notices.take(limit):
        show_notice(me, notice)


def run_remind(me: crm.Session, options: argparse.Namespace) -> int:
    """What is taken comes only once: it is told before anything else can fail."""
    told = tell_json if options.json else tell
    told(me, options.limit)
    return 0


def add_remind_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many of each, 1 to 1,000 (100)")
