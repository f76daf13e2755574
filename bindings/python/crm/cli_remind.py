"""crm remind: what is due and what others did, each told once, on the command line."""
import argparse
import json
from typing import Any, Dict
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


def show_notice(me: crm.Session, notice: crm.Notice) -> None:
    record = me.records(notice.record.kind).find(notice.record) if notice.record else None
    name = getattr(record, "subject", None) or getattr(record, "name", None) or ""
    told = f"{notice.noticed_at.astimezone(ZoneInfo(me.zone)):%Y-%m-%d %H:%M}  {notice.reason}: {name}".rstrip()
    print("  ".join([told, f"from {me.get(notice.from_user).login}"] + [notice.text or ""] * bool(notice.text)))


def run_remind(me: crm.Session, options: argparse.Namespace) -> int:
    reminders, notices = me.reminders.take(options.limit), me.notices.take(options.limit)
    next_due = me.reminders.next_due()
    if options.json:
        print(json.dumps({"reminders": [reminder_as_dict(each) for each in reminders], "notices": [notice_as_dict(each) for each in notices],
                          "next_due": next_due and next_due.isoformat()}, ensure_ascii=False))
        return 0
    for due in reminders:
        show(me, due)
    for notice in notices:
        show_notice(me, notice)
    return 0


def add_remind_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many of each, 1 to 1,000 (100)")
