"""crm leads: whom to work on next, and what becomes of them, on the command line."""
import argparse
import json
from typing import Any, List

import crm
from crm.cli_rights import record_from

LEAD = "number of a lead"
OPEN = ["new", "queued", "taken"]


def lead_from(me: crm.Session, text: str) -> crm.Lead:
    if not text.isdecimal() or len(text) > 18:
        raise crm.NotFound(f"{text!r}: no such lead; its number is needed")
    return me.leads.get(crm.Ref(int(text)))


def line_of(lead: crm.Lead) -> str:
    score = "" if lead.score is None else f" ({lead.score})"
    told = [str(lead.id), lead.state or "–", (lead.name or "–") + score]
    if lead.company and lead.company != lead.name:
        told.append(lead.company)
    return "  ".join(told)


def show_leads(leads: List[crm.Lead], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps([lead.to_dict() for lead in leads], ensure_ascii=False, default=str))
    else:
        for lead in leads:
            print(line_of(lead))


def run_list(me: crm.Session, options: argparse.Namespace) -> int:
    if options.queue:
        leads = me.leads.waiting(me.lead_queues.named(options.queue), limit=options.limit)
    else:
        mine = (crm.field("owner") == me.user) & crm.field("state").is_in(OPEN)
        leads = list(me.leads.page(where=mine, limit=options.limit))
    show_leads(leads, options)
    return 0


def run_take(me: crm.Session, options: argparse.Namespace) -> int:
    lead = me.leads.take_next(me.lead_queues.named(options.queue))
    if lead is None and not options.json:
        print("nobody waits")
    else:
        show_leads([] if lead is None else [lead], options)
    return 0


def run_convert(me: crm.Session, options: argparse.Namespace) -> int:
    party = record_from(me, options.party) if options.party else None
    project = {"name": options.project} if options.project else None
    done = me.leads.convert(lead_from(me, options.lead), party=party, project=project, match=not options.no_match)
    became = {"party": done.party, "contact": done.contact, "project": done.project}
    told = [(kind, each, each.record) for kind, each in became.items() if each.record is not None]
    if options.json:
        print(json.dumps({kind: {"how": each.how, "id": str(record)} for kind, each, record in told}))
        return 0
    for kind, each, record in told:
        why = "; ".join(reason.text for reason in each.reasons)
        name = getattr(me.records(kind).find(record), "name", None)  # what was made may be out of sight
        print(f"{kind} {each.how}: {record}" + (f" {name}" if name else "") + (f" ({why})" if why else ""))
    return 0


def run_unpromising(me: crm.Session, options: argparse.Namespace) -> int:
    show_leads([me.leads.mark_unpromising(lead_from(me, options.lead), options.reason, options.note)], options)
    return 0


def run_revive(me: crm.Session, options: argparse.Namespace) -> int:
    show_leads([me.leads.revive(lead_from(me, options.lead))], options)
    return 0


def run_leads(me: crm.Session, options: argparse.Namespace) -> int:
    code: int = options.run_lead(me, options)
    return code


def add_leads_options(leads: argparse.ArgumentParser, parser: Any) -> None:
    what = leads.add_subparsers(dest="what", required=True, parser_class=parser, metavar="list|take|convert|unpromising|revive")

    def verb(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = what.add_parser(name, help=text, description=text)
        made.set_defaults(run_lead=run)
        made.add_argument("--json", action="store_true", help="print JSON")
        return made

    listing = verb("list", run_list, "your own leads that are open, or those that wait in a queue")
    listing.add_argument("--queue", metavar="NAME", help="those of a queue that you see, in the order in which they are taken")
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="leads, 1 to 1,000 (50)")
    verb("take", run_take, "take the next lead of a queue").add_argument("queue", metavar="QUEUE", help="name of a queue")
    converting = verb("convert", run_convert, "make a lead a party and a contact")
    converting.add_argument("lead", metavar="LEAD", help=LEAD)
    converting.add_argument("--party", metavar="PARTY", help="into this one: code or number")
    converting.add_argument("--project", metavar="NAME", help="make a project too")
    converting.add_argument("--no-match", action="store_true", help="look for nothing that exists")
    giving_up = verb("unpromising", run_unpromising, "give a lead up; what is planned for it is cancelled")
    giving_up.add_argument("lead", metavar="LEAD", help=LEAD)
    giving_up.add_argument("reason", metavar="REASON", help="code of the list lead_reason")
    giving_up.add_argument("--note", metavar="TEXT", help="why, in words")
    verb("revive", run_revive, "take a lead that was given up on again").add_argument("lead", metavar="LEAD", help=LEAD)
