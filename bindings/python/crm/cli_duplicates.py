"""crm duplicates, crm merge, crm unmerge: records that may be the same, on the command line."""
import argparse
import csv
import json
import sys
from typing import Any, List

import crm
from crm.cli_rights import RECORD, record_from

HEADINGS = ["score", "record", "name", "other", "other_name", "reasons"]


def name_of(me: crm.Session, ref: crm.Ref) -> str:
    return me.get(ref).name or ""


def row_of(me: crm.Session, pair: crm.Duplicate) -> List[str]:
    reasons = "; ".join(f"{reason.what} {reason.weight:+.1f}: {reason.text}" for reason in pair.reasons)
    record = pair.record or pair.other
    return [f"{pair.score:.3f}", str(record), name_of(me, record), str(pair.other), name_of(me, pair.other), reasons]


def run_duplicates(me: crm.Session, options: argparse.Namespace) -> int:
    if options.record:
        pairs, page = me.duplicates.of(record_from(me, options.record), min_score=options.min_score), None
    else:
        since = None if options.since is None else crm.CommandId(options.since)
        page = me.duplicates.find(options.kind, since, min_score=options.min_score, limit=options.limit)
        pairs = page.pairs
    rows = [row_of(me, pair) for pair in pairs]
    if options.json:
        print(json.dumps([dict(zip(HEADINGS, row)) for row in rows], ensure_ascii=False))
    elif options.csv:
        csv.writer(sys.stdout).writerows([HEADINGS, *rows])
    else:
        for score, record, name, other, other_name, reasons in rows:
            print(f"{score}  {record} {name}  =  {other} {other_name}\n       {reasons}")
    if page is not None and page.incomplete:
        print(f"there are more than {options.limit}: raise --limit or --min-score", file=sys.stderr)
    return 0


def shown(value: Any) -> str:
    return "–" if value is None else str(value)


def show_effects(me: crm.Session, effects: crm.Effects) -> None:
    print(f"would change {len(effects.changed)}, make {len(effects.created)}, remove {len(effects.removed)}; nothing is kept")
    for record, fields in effects.changed:
        for change in fields:
            print(f"  {record.kind} {record} {change.field}: {shown(change.before)} → {shown(change.after)}")
    for record in effects.removed:
        print(f"  {record.kind} {record} goes")


def run_merge(me: crm.Session, options: argparse.Namespace) -> int:
    survivor, *others = [record_from(me, text) for text in (options.survivor, *options.others)]
    fields = {}
    for choice in options.field:
        name, _, text = choice.partition("=")
        if not name or not text:
            raise crm.Invalid(f"--field {choice!r}: NAME=RECORD is needed, as in name=P000017")
        fields[name] = record_from(me, text)
    if options.dry_run:
        show_effects(me, me.duplicates.rehearse_merge(survivor, others, fields))
        return 0
    merged = me.duplicates.merge(survivor, others, fields)
    print(f"merged: {merged.moved} moved, {merged.dropped} dropped; take it apart with: unmerge {merged.command}")
    return 0


def run_unmerge(me: crm.Session, options: argparse.Namespace) -> int:
    undone = me.duplicates.unmerge(crm.CommandId(options.merge))
    print(f"command {options.merge} taken apart by command {undone.id}")
    for conflict in undone.conflicts:
        print(f"  left as it is: {conflict['record']} {conflict['field'] or ''}: {conflict['reason']}")
    return 0


def add_duplicates_options(command: Any) -> None:
    """The three commands; `command` makes one."""
    finding = command("duplicates", run_duplicates, "list records that may be the same")
    finding.add_argument("record", nargs="?", help="only those of one: " + RECORD)
    finding.add_argument("--kind", choices=("party", "contact"), default="party", help="what to compare (party)")
    finding.add_argument("--since", type=int, metavar="COMMAND", help="only what was made or changed after a command")
    finding.add_argument("--min-score", type=float, default=0.5, metavar="P", help="least probability, 0 to 1 (0.5)")
    finding.add_argument("--limit", type=int, default=1000, metavar="N", help="pairs (1000)")
    finding.add_argument("--csv", action="store_true", help="print CSV")
    merging = command("merge", run_merge, "make one record of several", has_json=False)
    merging.add_argument("survivor", metavar="SURVIVOR", help=RECORD)
    merging.add_argument("others", nargs="+", metavar="OTHER", help="what goes into it")
    merging.add_argument("--field", action="append", default=[], metavar="NAME=RECORD", help="take this field from that record; repeatable")
    merging.add_argument("--dry-run", action="store_true", help="tell what it would do")
    parting = command("unmerge", run_unmerge, "take a merge apart again", has_json=False)
    parting.add_argument("merge", type=int, metavar="COMMAND", help="number of the command that merged")
