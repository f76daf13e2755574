"""crm rights: who may do what, on the command line."""
import argparse
from typing import Any, Callable, Dict, List, Tuple

import crm

RECORD = "code of a party, or number of any record"
HOLDER = "a login, group:NAME or position:NAME"


def holder_from(me: crm.Session, text: str) -> Any:
    """The user, group or position that a text names."""
    what, colon, name = text.partition(":")
    areas: Dict[str, Any] = {"group": me.user_groups, "position": me.positions}
    if not colon or what not in areas:
        return me.users.by_login(text)
    found = list(areas[what].list(where={"field": "name", "op": "same", "value": name}, limit=2))
    if len(found) != 1:
        raise crm.NotFound(f"{what} {name!r}: there is {'none' if not found else 'more than one'} of that name")
    return found[0]


def record_from(me: crm.Session, text: str) -> Any:
    """A record by the code of a party or by its number."""
    party = me.parties.by_code(text)
    if party is not None:
        return party
    if text.isdecimal() and len(text) < 19:
        return me.get(crm.Ref(int(text)))
    raise crm.NotFound(f"{text!r}: no such record")


def run_grant(me: crm.Session, options: argparse.Namespace) -> List[str]:
    verb = me.rights.grant if options.what == "grant" else me.rights.revoke
    verb(holder_from(me, options.holder), options.kind, options.action, options.scope)
    return [f"{options.what}: {options.action} {options.kind}, scope {options.scope}"]


def run_field(me: crm.Session, options: argparse.Namespace) -> List[str]:
    verbs = {"hide": me.rights.hide, "lock": me.rights.lock, "unlock": me.rights.unlock}
    verbs[options.what](holder_from(me, options.holder), options.kind, options.field)
    return [f"{options.what}: {options.kind}.{options.field}"]


def run_share(me: crm.Session, options: argparse.Namespace) -> List[str]:
    record, holder = record_from(me, options.record), holder_from(me, options.holder)
    if options.what == "unshare":
        me.rights.unshare(record, holder)
        return ["unshared"]
    me.rights.share(record, holder, options.level, options.until)
    return [f"shared to {options.level}" + (f" until {options.until}" if options.until else "")]


def run_add_set(me: crm.Session, options: argparse.Namespace) -> List[str]:
    group = me.rights.add_set(options.set, options.group)
    return [f"group {group.name} made; add members to it (in Python: user_group_member)"]


def run_explain(me: crm.Session, options: argparse.Namespace) -> List[str]:
    return str(me.rights.explain(me.users.by_login(options.whom), record_from(me, options.record))).splitlines()


def run_audit(me: crm.Session, options: argparse.Namespace) -> List[str]:
    return [f"{finding.what}: {finding.text}" for finding in me.rights.audit()] or ["nothing looks wrong"]


Argument = Tuple[str, str]
COMMANDS: List[Tuple[str, Callable[[crm.Session, argparse.Namespace], List[str]], str, List[Argument]]] = [
    ("grant", run_grant, "give a right or a function", [("holder", HOLDER), ("kind", "party, contact, … or *"),
     ("action", "read, create, change, delete, export, assign, or a function"),
     ("scope", "own, unit, units_below, territory, shared, given, all")]),
    ("revoke", run_grant, "take a right away", [("holder", HOLDER), ("kind", "as granted"), ("action", "as granted"),
     ("scope", "as granted")]),
    ("hide", run_field, "hide a field", [("holder", HOLDER), ("kind", "party, point, …"), ("field", "name of a column")]),
    ("lock", run_field, "let a field be seen and not set", [("holder", HOLDER), ("kind", "party, point, …"),
     ("field", "name of a column")]),
    ("unlock", run_field, "take hide or lock back", [("holder", HOLDER), ("kind", "as given"), ("field", "as given")]),
    ("share", run_share, "show one record", [("record", RECORD), ("holder", HOLDER)]),
    ("unshare", run_share, "end a share", [("record", RECORD), ("holder", HOLDER)]),
    ("add-set", run_add_set, "make a group with a predefined set of rights",
     [("set", "administrator, head_of_sales, seller, marketer, assistant, read_only")]),
    ("explain", run_explain, "tell why a user sees or may change a record, or not", [("whom", "login"), ("record", RECORD)]),
    ("audit", run_audit, "list what looks wrong", []),
]


def run_rights(me: crm.Session, options: argparse.Namespace) -> int:
    for line in options.run_right(me, options):
        print(line)
    return 0


def add_rights_options(parser: argparse.ArgumentParser, parser_class: Any) -> None:
    """The commands below `crm rights`."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=parser_class)
    for name, run, text, arguments in COMMANDS:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run_right=run)
        for argument, meaning in arguments:
            made.add_argument(argument, metavar=argument.upper(), help=meaning)
        if name == "share":
            made.add_argument("--level", choices=("read", "change"), default="read", help="what it opens (read)")
            made.add_argument("--until", metavar="DATE", help="last day, YYYY-MM-DD, in the file's zone")
        if name == "add-set":
            made.add_argument("--group", default="", metavar="NAME", help="name of the group; the set's own if not given")
