"""crm erase, crm scrub and crm subject: a person's data removed for good, or handed to the person."""
import argparse
import sys
from typing import Any, List

import crm
from crm.cli_rights import RECORD, record_from

SHOWN = 20


def lines_of(erasure: crm.Erasure) -> List[str]:
    lines = [f"records: {erasure.records}, of these external keys: {erasure.external_keys}",
             f"rows of history that lose their values: {erasure.history_rows}",
             f"references of other records that are cleared: {erasure.cleared}"]
    if not erasure.mentions:
        return lines
    lines.append(f"texts elsewhere that may name the person, for you to judge: {len(erasure.mentions)}"
                 + (" or more" if erasure.mentions_incomplete else ""))
    lines += [f"  {mention.record} {mention.field}: {' '.join(mention.text.split())}" for mention in erasure.mentions[:SHOWN]]
    return lines


def is_agreed() -> bool:
    print("This cannot be undone. Erase? Type yes: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def run_erase(me: crm.Session, options: argparse.Namespace) -> int:
    person = record_from(me, options.person)
    also = [record_from(me, other) for other in options.also]
    print("\n".join(lines_of(me.erasures.preview(person, also=also))))
    if not options.yes and not is_agreed():
        print("nothing was erased")
        return 0
    erasure = me.erasures.erase(person, reason=options.reason, also=also)
    if not me.erasures.scrub():
        print(f"erasure {erasure.id}: erased; the scrub goes on with the next: crm scrub")
        return 0
    print(me.erasures.certificate(erasure.id), end="")
    return 0


def run_scrub(me: crm.Session, options: argparse.Namespace) -> int:
    done = me.erasures.scrub(options.seconds)
    print("nothing of erased people is left in the file" if done else "not done yet: run it again")
    for erasure in me.erasures.list() if done and options.certificates else []:
        print()
        print(me.erasures.certificate(erasure.id), end="")
    return 0


def run_subject(me: crm.Session, options: argparse.Namespace) -> int:
    me.export_subject(record_from(me, options.person), options.out)
    print(options.out)
    return 0


def add_erasure_commands(command: Any) -> None:
    erase = command("erase", run_erase, "remove all data of a natural person for good", has_json=False)
    erase.add_argument("person", metavar="PERSON", help=RECORD)
    erase.add_argument("--reason", required=True, metavar="TEXT", help="why; stays in the file")
    erase.add_argument("--also", action="append", default=[], metavar="RECORD", help="a removed duplicate of the same human; repeatable")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    scrub = command("scrub", run_scrub, "overwrite what is left of erased people in the file", has_json=False)
    scrub.add_argument("--seconds", type=float, default=600.0, metavar="S", help="at most so long (600)")
    scrub.add_argument("--certificates", action="store_true", help="print the newest certificates")
    subject = command("subject", run_subject, "write all data of a natural person as JSON, for that person", has_json=False)
    subject.add_argument("person", metavar="PERSON", help=RECORD)
    subject.add_argument("out", metavar="OUT.json", help="the file to write")
