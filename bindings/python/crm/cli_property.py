"""crm property: custom properties, on the command line."""
import argparse
import json
from datetime import datetime
from typing import Any, Callable, List, Tuple

import crm

TYPES = ("text", "long_text", "integer", "real", "date", "time", "flag", "choice", "reference", "money")
NAME = [("kind", "party, contact, activity, …"), ("name", "x_ and lower case letters, digits and _")]


def parsed_pairs(texts: List[str]) -> Any:
    """CODE or CODE=LABEL, as labels by code."""
    return {code: label or code for code, _, label in (text.partition("=") for text in texts)}


def default_from(kind: str, text: str) -> Any:
    """A default as its type has it: JSON where the type is no text."""
    if kind == "time":
        try:
            return datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            raise crm.Invalid(f"--default {text!r}: YYYY-MM-DDTHH:MM with a zone is needed, as in 2026-03-02T09:00Z") from None
    try:
        return json.loads(text) if kind in ("integer", "real", "flag") else text
    except ValueError:
        return text  # what it should have been the library says


def run_add(me: crm.Session, options: argparse.Namespace) -> List[str]:
    made = me.properties.define(
        options.kind, options.name, options.type, label=options.label, required=options.required, unique=options.unique,
        searchable=options.searchable, choices=parsed_pairs(options.choice) or None, list=options.list, target=options.target,
        default=None if options.default is None else default_from(options.type, options.default))
    return [f"{made.kind}.{made.name} added: {made.type}"]


def traits_of(made: crm.Property) -> str:
    words = [word for word in ("required", "unique", "searchable", "retired") if getattr(made, f"is_{word}")]
    of = made.list or made.target
    return ", ".join(([f"of {of}"] if of else []) + words + ([f"default {made.default_value}"] if made.default_value else []))


def run_list(me: crm.Session, options: argparse.Namespace) -> List[str]:
    found = me.properties.of_kind(options.kind, with_retired=options.retired)
    return [f"{made.name}  {made.type}  {me.properties.label(options.kind, made.name or '')}  {traits_of(made)}".rstrip() for made in found]


def run_verb(me: crm.Session, options: argparse.Namespace) -> List[str]:
    {"retire": me.properties.retire, "reactivate": me.properties.reactivate}[options.what](options.kind, options.name)
    return [f"{options.what}: {options.kind}.{options.name}"]


def run_switch(me: crm.Session, options: argparse.Namespace) -> List[str]:
    verb = me.properties.set_required if options.what == "require" else me.properties.set_unique
    verb(options.kind, options.name, not options.no)
    return [f"{options.what}: {options.kind}.{options.name}" + (", no more" if options.no else "")]


def run_label(me: crm.Session, options: argparse.Namespace) -> List[str]:
    me.properties.set_label(options.kind, options.name, options.language, options.label)
    return [f"{options.kind}.{options.name}: {options.label}"]


Argument = Tuple[str, str]
COMMANDS: List[Tuple[str, Callable[[crm.Session, argparse.Namespace], List[str]], str, List[Argument]]] = [
    ("add", run_add, "add a property to a kind; it cannot be taken back, only retired", NAME),
    ("list", run_list, "list the properties of a kind", NAME[:1]),
    ("retire", run_verb, "refuse new values from now on", NAME),
    ("reactivate", run_verb, "take retire back", NAME),
    ("require", run_switch, "ask new records for a value", NAME),
    ("unique", run_switch, "refuse values that another record has", NAME),
    ("label", run_label, "say what it is called in a language", NAME + [("language", "en, ro, ru, uk, …"), ("label", "the text")]),
]


def add_property_options(parser: argparse.ArgumentParser, parser_class: Any) -> None:
    """The commands below `crm property`."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="WHAT", parser_class=parser_class)
    for name, run, text, arguments in COMMANDS:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(property_run=run)
        for argument, meaning in arguments:
            made.add_argument(argument, metavar=argument.upper(), help=meaning)
        if name == "add":
            add_definition(made)
        if name == "list":
            made.add_argument("--retired", action="store_true", help="the retired ones too")
        if name in ("require", "unique"):
            made.add_argument("--no", action="store_true", help="no more")


def add_definition(made: argparse.ArgumentParser) -> None:
    add = made.add_argument
    add("type", choices=TYPES, help="what it holds")
    add("--label", metavar="TEXT", help="what it is called in your language")
    add("--required", action="store_true", help="new records must have it")
    add("--unique", action="store_true", help="no two records have the same")
    add("--searchable", action="store_true", help="of a text: found by full text; takes a while in a large file")
    add("--default", metavar="VALUE", help="what new records get where nothing is given")
    add("--choice", action="append", default=[], metavar="CODE=LABEL", help="of a choice: a value of its list; repeatable")
    add("--list", metavar="LIST", help="of a choice: the list, if not one of its own")
    add("--target", metavar="KIND", help="of a reference: what it is to")


def run_property(me: crm.Session, options: argparse.Namespace) -> int:
    for line in options.property_run(me, options):
        print(line)
    return 0
