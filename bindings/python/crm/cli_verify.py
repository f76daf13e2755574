"""crm verify: every invariant of the file recomputed, on the command line."""
import argparse
import json
from typing import Any, Dict, List

import crm

SOUND, DEFECTS = 0, 1


def add_verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="repair what can be, and look again")
    parser.add_argument("--no-search", action="store_true", help="leave the search index out")
    parser.add_argument("--no-structure", action="store_true", help="leave SQLite's check of pages and indexes out")
    parser.add_argument("--limit", type=int, default=1000, metavar="N", help="defects told for each check (1000)")


def run_verify(me: crm.Session, options: argparse.Namespace) -> int:
    look = {"search": not options.no_search, "structure": not options.no_structure, "limit": options.limit}
    found = me.verify(**look)
    repaired: List[crm.Defect] = []
    if options.repair and any(defect.repairable for defect in found.defects):
        me.repair(found)
        repaired, found = [defect for defect in found.defects if defect.repairable], me.verify(**look)
    show = show_json if options.json else show_text
    show(found, repaired)
    return SOUND if found else DEFECTS


def show_json(found: crm.Verification, repaired: List[crm.Defect]) -> None:
    print(json.dumps({"defects": [facts_of(defect) for defect in found.defects], "checks": found.checks,
                      "incomplete": found.incomplete, "repaired": [facts_of(defect) for defect in repaired]},
                     ensure_ascii=False))


def facts_of(defect: crm.Defect) -> Dict[str, Any]:
    return {"check": defect.check, "record": None if defect.record is None else str(defect.record), "field": defect.field,
            "text": defect.text, "repair": defect.repair, "repairable": defect.repairable}


def show_text(found: crm.Verification, repaired: List[crm.Defect]) -> None:
    for defect in repaired:
        print(f"tried to repair: {line_of(defect)}")
    for defect in found.defects:
        print(f"{line_of(defect)}\n    {'--repair' if defect.repairable else 'by hand'}: {defect.repair}")
    if found.incomplete:
        print("there are more: raise --limit")
    if found:
        print(f"no defect in {len(found.checks)} checks")


def line_of(defect: crm.Defect) -> str:
    place = " ".join(filter(None, (str(defect.record or ""), defect.field)))
    return f"{defect.check}: {place}: {defect.text}" if place else f"{defect.check}: {defect.text}"
