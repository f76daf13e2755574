"""The command line: ``crm -f FILE [--as USER | --login USER] init | import | export | list | show | search | query | history | feed |
agenda | remind | call | leads | undo | trash | duplicates | merge | unmerge | verify | erase | scrub | subject | hand-over | passwd | rights | property | info |
new-copy | restore``."""
from __future__ import annotations

import argparse
import csv
import getpass
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, NoReturn, Optional, Sequence, Tuple, Union

import crm
from crm.cli_call import add_call_options, run_call
from crm.cli_card import Words, show_card, show_contact_card, show_pairs
from crm.cli_agenda import add_agenda_options, run_agenda
from crm.cli_property import add_property_options, run_property
from crm.cli_duplicates import add_duplicates_options
from crm.cli_past import add_as_of, add_past_commands, past_from, run_restore
from crm.cli_erasure import add_erasure_commands
from crm.cli_leads import add_leads_options, run_leads
from crm.cli_remind import add_remind_options, run_remind
from crm.cli_rights import add_rights_options, run_rights
from crm.cli_undo import add_trash_options, add_undo_options, run_trash, run_undo
from crm.cli_usage import Usage
from crm.cli_verify import add_verify_options, run_verify

__all__ = ["main"]

SOME_REJECTED = 1
OTHER = 10
EXIT_CODES: Sequence[Tuple[type, int]] = (  # leaves before their branches
    (crm.NotFound, 3),
    (crm.Busy, 4),
    (crm.Interrupted, 4),
    (crm.Corrupt, 5),
    (crm.Denied, 6),
    (crm.Conflict, 7),
    (crm.Invalid, 8),
    (crm.LimitExceeded, 8),
    (crm.CannotOpen, 9),
    (crm.ReadOnly, 9),
    (crm.Error, OTHER),
)
EPILOG = """exit codes: 0 fine, 1 some rows rejected or defects found, 2 usage, 3 not found, 4 busy, 5 damaged, 6 denied,
7 conflict or already imported, 8 bad input, 9 not a CRM file, newer, read-only or on a network share, 10 other"""

Row = Sequence[Any]


# --- Showing ------------------------------------------------------------------------------------


def show_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def show_table(headings: Sequence[str], rows: Iterable[Row]) -> None:
    """Columns as wide as their widest value; the last one as it is."""
    texts = [list(headings)] + [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts)]
    for number, line in enumerate(texts):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


# --- Commands -----------------------------------------------------------------------------------


def run_init(options: argparse.Namespace) -> int:
    with crm.create(options.file, admin=options.admin, country=options.country, zone=options.zone,
                    language=options.language, currency=options.currency) as database:
        print(f"{database.path}: made for {options.admin}")
    return 0


def run_new_copy(options: argparse.Namespace) -> int:
    with crm.open(options.file) as database:
        database.new_copy()
        print(f"{database.path}: has a copy number of its own now")
    return 0


def run_list(me: crm.Session, options: argparse.Namespace) -> int:
    past = past_from(me, options)
    read = me.find if past is None else past.list
    rows = read(options.kind, parsed_condition(options), order=options.order, limit=options.limit, bodies=options.json)
    if options.json:
        show_json([row.to_json() for row in rows])
        return 0
    words = Words(me)
    shown = list(rows)
    fields = LISTED.get(options.kind) or generic_fields(shown)
    show_table(["id", *fields], ([row.id, *(words.value(getattr(row, field)) for field in fields)] for row in shown))
    return 0


LISTED: Dict[str, Sequence[str]] = {
    "party": ("code", "name", "type", "status", "country", "owner"),
    "contact": ("name", "title", "type", "owner"),
    "activity": ("start_at", "state", "kind", "subject", "party", "owner"),
    "note": ("written_at", "author", "record", "title"),
    "point": ("record", "type", "value", "label"),
    "user": ("login", "name", "unit", "is_active"),
}


def generic_fields(rows: Sequence[crm.Record]) -> Sequence[str]:
    """Fields that any of the rows has, but for what the file derives to sort by."""
    head = ("id", "version", "created_in", "changed_in", "hidden")
    names: Dict[str, None] = {}
    for row in rows:
        names.update((name, None) for name, value in row.to_dict().items() if value is not None)
    return [name for name in names if name not in head and not name.endswith("_key")]


def parsed_condition(options: argparse.Namespace) -> Any:
    """What --saved, --where and all of --filter say together; None where there are none."""
    conditions: List[Any] = [{"saved": options.saved}] if options.saved else []
    conditions += [parsed_where(options.where)] if options.where else []
    conditions += [parsed_filter(text) for text in options.filter]
    return {"and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None


def parsed_where(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise crm.Invalid(f"--where is not JSON: {error}") from None


OPERATORS = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "~": "contains", "^": "starts_with"}


def parsed_filter(text: str) -> Dict[str, Any]:
    match = re.fullmatch(r"([\w.]+)\s*(!=|<=|>=|=|<|>|~|\^)\s*(.*)", text, re.DOTALL)
    if match is None:
        raise crm.Invalid(f"--filter {text!r}: a field, one of {' '.join(OPERATORS)} and a value are needed, as in name~acme")
    field, operator, value = match.groups()
    return {"field": field, "op": OPERATORS[operator], "value": operand(field, operator, value)}


def operand(field: str, operator: str, value: str) -> Any:
    """Texts are compared with = and ~, so digits after an order sign are a number; flags are true or false."""
    if operator[0] in "<>" and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    if field.rpartition(".")[2].startswith("is_") and value in ("true", "false"):
        return value == "true"
    return value or None


def resolved_past(past: crm.Past, text: str) -> crm.Record:
    """The same of the past, by the codes of then."""
    if found := list(past.list("party", {"field": "code", "op": "same", "value": text}, limit=1, bodies=True)):
        first: crm.Record = found[0]
        return first
    if not text.isdecimal() or len(text) > 18:
        raise crm.NotFound(f"{text}: no party of that code then, and not the number of a record")
    record: crm.Record = past.get(int(text))
    return record


def resolved(me: crm.Session, text: str) -> crm.Record:
    """A record by the code of a party or by its number."""
    party = me.parties.by_code(text)
    if party is not None:
        return me.parties.get(party)
    if not text.isdecimal() or len(text) > 18:
        raise crm.NotFound(f"{text}: no party of that code, and not the number of a record")
    record: crm.Record = me.get(int(text))
    return record


def run_show(me: crm.Session, options: argparse.Namespace) -> int:
    past = past_from(me, options)
    record = resolved(me, options.record) if past is None else resolved_past(past, options.record)
    words = Words(me, past)
    if options.json:
        show_json(record.to_json())
    elif isinstance(record, crm.Party):
        show_card(words, (past or me.parties).card(record, limit=options.limit))
    elif isinstance(record, crm.Contact):
        show_contact_card(words, (past or me.contacts).card(record, limit=options.limit))
    else:
        print(f"{record.record_kind} {record.id}")
        show_pairs((name, record.id if name == "id" else words.value(value))
                   for name, value in record.to_dict().items() if not name.endswith("_key"))
    return 0


def run_export(me: crm.Session, options: argparse.Namespace) -> int:
    sys.stdout.flush()
    out: str = options.output or ""
    report = me.export(
        options.kind, to=out or getattr(sys.stdout, "buffer", sys.stdout), where=parsed_condition(options),
        order=options.order, columns=options.columns and [name.strip() for name in options.columns.split(",")],
        format=options.format, labels=options.labels, max_rows=options.limit, replace=options.replace, crlf=options.crlf,
        delimiter=DELIMITERS.get(options.delimiter, options.delimiter), byte_order_mark=options.bom)
    if out:
        print(f"{report.rows:,} rows written to {out}")
    return 0


def run_search(me: crm.Session, options: argparse.Namespace) -> int:
    if options.quick and (options.rank or options.snippets):
        raise Usage("search --quick finds by beginnings: it has neither --rank nor --snippets")
    text = " ".join(options.text)
    if options.quick:
        hits = me.quick(text, limit=options.limit)
    else:
        hits = me.search(text, limit=options.limit, order="rank" if options.rank else "newest", snippets=options.snippets)
    if options.json:
        show_json({"hits": [hit_to_json(hit) for hit in hits], "incomplete": hits.incomplete})
        return 0
    headings = ["id", "kind", "title", *(["found"] if options.snippets else [])]
    show_table(headings, ([hit.record, hit.record.kind, hit.title, *([marked(hit.snippet)] if options.snippets else [])]
                          for hit in hits))
    if hits.incomplete:
        print("There may be more: give more words, or a higher --limit.")
    return 0


def run_query(me: crm.Session, options: argparse.Namespace) -> int:
    """Values as they are stored: SQL has no labels and no zone."""
    result = me.sql(options.text, limit=options.limit)
    rows = [[cell.hex() if isinstance(cell, bytes) else cell for cell in row] for row in result]
    if options.json:
        show_json({"columns": result.columns, "rows": rows, "more": result.more})
        return 0
    if options.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([result.columns, *rows])
    else:
        show_table(result.columns, ([" ".join(cell.split("\n")) if isinstance(cell, str) else cell for cell in row] for row in rows))
    if result.more:
        print("There are more rows: give a higher --limit.", file=sys.stderr)
    return 0


def hit_to_json(hit: crm.Hit) -> Dict[str, Any]:
    shown: Dict[str, Any] = {"record": str(hit.record), "kind": hit.record.kind, "title": hit.title}
    if hit.snippet:
        shown["snippet"] = {"field": hit.snippet.field, "text": hit.snippet.text, "matches": hit.snippet.matches}
    return shown


def marked(snippet: Optional[crm.Snippet]) -> str:
    """On one line; bold where the words stand, if a terminal shows it."""
    if snippet is None:
        return ""
    begin, end = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    text = " ".join(snippet.text.splitlines())
    for first, last in reversed(snippet.matches):
        text = text[:first] + begin + text[first:last] + end + text[last:]
    return text


def run_history(me: crm.Session, options: argparse.Namespace) -> int:
    if options.record is None:
        return show_commands(me, options)
    # A removed record has a history too, so a number need not be one that can be read.
    number = int(options.record) if options.record.isdecimal() and len(options.record) <= 18 else None
    party = me.parties.by_code(options.record)
    if party is None and number is None:
        raise crm.NotFound(f"{options.record}: no party of that code, and not the number of a record")
    target: Union[crm.Record, int] = party if party is not None else number or 0
    entries = me.history(target)
    if options.json:
        show_json([{"command": entry.command.id, "at": entry.command.at.isoformat(), "user": entry.user,
                    "verb": entry.command.verb, "what": entry.what,
                    "fields": [{"field": change.field, "from": change.before, "to": change.after} for change in entry.fields]}
                   for entry in entries])
        return 0
    words = Words(me)
    for entry in entries:
        print(f"{words.time(entry.command.at)}  {entry.user}  {entry.what}  (command {entry.command.id}, {entry.command.verb})")
        show_pairs(((change.field, f"{words.value(change.before) or '–'} → {words.value(change.after) or '–'}")
                    for change in entry.fields), "    ")
    return 0


def show_commands(me: crm.Session, options: argparse.Namespace) -> int:
    """The newest commands and runs: what undo can be given."""
    commands = me.commands(limit=options.limit)
    if options.json:
        show_json([{"command": command.id, "at": command.at.isoformat(), "user": str(command.user), "verb": command.verb,
                    "run": command.run, "undo_of": command.undo_of} for command in commands])
        return 0
    words = Words(me)
    show_table(["command", "at", "user", "verb", "run", "undoes"],
               ([command.id, words.time(command.at), words.name(command.user), command.verb, command.run, command.undo_of]
                for command in commands))
    return 0


def run_hand_over(me: crm.Session, options: argparse.Namespace) -> int:
    counts = me.users.hand_over(options.giver, options.taker, kinds=options.kind or None,
                                where=parsed_condition(options), keep_unit=options.keep_unit)
    if options.json:
        show_json(counts)
    else:
        show_pairs((kind, f"{count:,}") for kind, count in counts.items())
        print(f"handed over from {options.giver} to {options.taker}: {sum(counts.values()):,}")
    return 0


def run_passwd(me: crm.Session, options: argparse.Namespace) -> int:
    password = asked_for("New password: ", "CRM_NEW_PASSWORD")
    if "CRM_NEW_PASSWORD" not in os.environ and getpass.getpass("The same again: ") != password:
        raise crm.Invalid("the two passwords differ; nothing was changed")
    if options.name == options.login:
        me.change_password(options.password, password)
    else:
        me.users.set_password(options.name, password)
    print(f"The password of {options.name} was set")
    return 0


def run_info(me: crm.Session, options: argparse.Namespace) -> int:
    info = me.info()
    facts = [(name, getattr(info, name)) for name in ("path", "schema_version", "copy_number", "copy_uuid", "country", "zone",
                                                      "language", "currency", "bytes")]
    if options.json:
        show_json({**dict(facts), "path": str(info.path), "rows": info.rows})
        return 0
    show_pairs(facts)
    if info.rows:
        print("\nrows")
        show_pairs(info.rows.items(), "  ")
    return 0


def run_import(me: crm.Session, options: argparse.Namespace) -> int:
    columns = [parsed_map(text) for text in options.map]
    csv: Dict[str, Any] = {"encoding": options.encoding, "delimiter": DELIMITERS.get(options.delimiter, options.delimiter),
                           "quote": None if options.quote == "none" else options.quote}
    kind, key = options.kind, options.key
    if kind is None:
        proposal = crm.propose_import(Path(options.source).name, crm.csv_header(options.source, **csv))
        if proposal.kind is None:
            raise Usage("import: no kind fits the headings; say --kind party, contact, activity, …")
        kind, key = proposal.kind, key or proposal.key
        named = {source for source, _ in columns}
        columns += [(source, target) for source, target in proposal.columns if source not in named]
        show_proposal(kind, key, columns, options)
    report = me.import_csv(
        options.source, kind=kind, map=columns, key=key, system=options.system, again=options.again,
        on_conflict=options.on_conflict, dry_run=options.dry_run, rejects=options.rejects, date_format=options.date_format,
        decimal=options.decimal, default_owner=options.default_owner, formula_safe=options.formula_safe, **csv)
    if options.json:
        show_json(report.to_dict())
    else:
        show_report(report)
    return SOME_REJECTED if report.rejected else 0


DELIMITERS = {"tab": "\t", "\\t": "\t"}


def parsed_map(text: str) -> Tuple[str, str]:
    source, equals, target = text.rpartition("=")
    if not equals or not source or not target:
        raise Usage(f"--map {text!r}: COLUMN=TARGET is needed, as in \"Account Name=name\"")
    return source, target


def show_proposal(kind: str, key: Optional[str], columns: Sequence[Tuple[str, str]], options: argparse.Namespace) -> None:
    """Said before the import; beside JSON on stderr."""
    out = sys.stderr if options.json else sys.stdout
    print(f"Proposed: {kind}" + (f", key {key}" if key else ""), file=out)
    width = max((len(source) for source, _ in columns), default=0)
    for source, target in columns:
        print(f"  {source.ljust(width)}  → {target}", file=out)


def show_report(report: crm.ImportReport) -> None:
    counts = ", ".join(f"{getattr(report, name):,} {name}" for name in ("created", "updated", "unchanged", "skipped", "rejected"))
    print(f"{report.rows:,} rows in {report.seconds:.1f} s: {counts}")
    if report.not_imported:
        print("Not imported: " + ", ".join(report.not_imported))
    shown = report.problems[:20]
    for problem in shown:
        where = f", {problem['field']}" if problem["field"] else ""
        print(f"  row {problem['row']}{where}: {problem['reason']}")
    if report.rejected > len(shown):
        print(f"  … and {report.rejected - len(shown):,} more; --rejects FILE writes them all")
    if report.run is not None:
        print(f"Turn it back with: undo run:{report.run}")


# --- The line itself ----------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """Whose errors are the one line that every error is."""

    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message} (see {self.prog} --help)")


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(prog="crm", description="An embedded CRM in a single file.", epilog=EPILOG,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-f", "--file", required=True, metavar="FILE", help="the CRM file")
    parser.add_argument("--as", dest="user", metavar="USER", default=os.environ.get("CRM_USER"),
                        help="login of the user at work; else CRM_USER")
    parser.add_argument("--login", metavar="USER", help="log in by a password, asked for or taken from CRM_PASSWORD, instead of --as")
    parser.add_argument("--version", action="version", version=f"crm {crm.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)

    def command(name: str, run: Callable[..., int], text: str, has_json: bool = True) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, epilog=EPILOG,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
        made.set_defaults(run=run)
        if has_json:
            made.add_argument("--json", action="store_true", help="print JSON")
        return made

    init = command("init", run_init, "make a new file", has_json=False)
    init.add_argument("--admin", required=True, metavar="NAME", help="login of the first user, who may do everything")
    init.add_argument("--country", default="", metavar="CC", help="ISO 3166-1: reads national phone numbers")
    init.add_argument("--zone", default="UTC", metavar="Z", help="IANA time zone (UTC)")
    init.add_argument("--language", default="en", metavar="L", help="labels: en, ro, ru, uk (en)")
    init.add_argument("--currency", default="EUR", metavar="C", help="ISO 4217: amounts given without one (EUR)")
    add_import_options(command("import", run_import, "import a CSV file as one run that can be undone"))
    listing = command("list", run_list, "list records of a kind")
    add_list_options(listing)
    listing.add_argument("--limit", type=int, default=50, metavar="N", help="rows (50)")
    add_as_of(listing)
    add_export_options(command("export", run_export, "write the rows of a list as CSV or JSON", has_json=False))
    show = command("show", run_show, "show a record; of a party or contact its card")
    show.add_argument("record", help="code of a party, or number of any record")
    show.add_argument("--limit", type=int, default=20, metavar="N", help="rows of each long part (20)")
    add_as_of(show)
    search = command("search", run_search, "find words in any text, newest first or best first")
    search.add_argument("text", nargs="+", help="words; the last may be unfinished")
    search.add_argument("--quick", action="store_true", help="by beginning of name, code, phone or e-mail instead")
    search.add_argument("--rank", action="store_true", help="the best first, not the newest")
    search.add_argument("--snippets", action="store_true", help="show where the words stand")
    search.add_argument("--limit", type=int, default=50, metavar="N", help="hits (50)")
    query = command("query", run_query, "read with SQL what you may see", has_json=False)
    query.add_argument("text", metavar="SELECT", help="one SELECT; tables are the kinds: party, contact, user, party_body, …")
    query.add_argument("--limit", type=int, default=1000, metavar="N", help="rows (1000)")
    form = query.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV")
    history = command("history", run_history, "tell who changed what in a record, or the newest commands")
    history.add_argument("record", nargs="?", help="code of a party, or number of any record; none for the newest commands")
    history.add_argument("--limit", type=int, default=50, metavar="N", help="commands (50)")
    add_undo_options(command("undo", run_undo, "turn back commands, runs, or what a user did"))
    add_trash_options(command("trash", run_trash, "list what was removed, and bring it back"))
    add_duplicates_options(command)
    add_agenda_options(command("agenda", run_agenda, "show what stands in calendars: a day, a week or a month"))
    add_call_options(command("call", run_call, "say who has a number and what was last spoken about; register a call, and what becomes of it"))
    add_remind_options(command("remind", run_remind, "tell what is due and what others did, each once"))
    add_leads_options(command("leads", run_leads, "say whom to work on, take the next lead, and tell what became of it", has_json=False), Parser)
    add_verify_options(command("verify", run_verify, "recompute every invariant of the file; exit code 1 where one does not hold"))
    add_rights_options(command("rights", run_rights, "say who may do what, and why", has_json=False), Parser)
    add_property_options(command("property", run_property, "add fields of your own to a kind of record", has_json=False), Parser)
    handing = command("hand-over", run_hand_over, "give what one user is responsible for to another")
    handing.add_argument("giver", metavar="FROM", help="login of who has the records")
    handing.add_argument("taker", metavar="TO", help="login of who gets them")
    handing.add_argument("--kind", action="append", default=[], metavar="K", help="only party, contact, activity, …; repeatable")
    handing.set_defaults(filter=[])
    handing.add_argument("--saved", metavar="NAME", help="only what fulfils a saved filter; with exactly one --kind")
    handing.add_argument("--where", metavar="JSON", help="only what fulfils a condition; with exactly one --kind")
    handing.add_argument("--keep-unit", action="store_true", help="leave records in their units; else they go to that of TO")
    add_erasure_commands(command)
    passwd = command("passwd", run_passwd, "set a password, asked for or taken from CRM_NEW_PASSWORD; your own with --login", has_json=False)
    passwd.add_argument("name", metavar="USER", help="login of whose it is")
    command("info", run_info, "tell facts about the file")
    command("new-copy", run_new_copy, "tell a file copied by hand that it is a copy", has_json=False)
    add_past_commands(command)
    return parser


def add_list_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("kind", help="party, contact, activity, note, user, …")
    add("--saved", metavar="NAME", help="only what fulfils a saved filter, your own or a shared one")
    add("--where", metavar="JSON", help='{"field": "name", "op": "starts_with", "value": "A"}')
    add("--filter", action="append", default=[], metavar="TEXT", help="name~acme, status=active, country!=MD; repeatable")
    add("--order", default="", metavar="FIELD", help="name, -start_at, …")


def add_export_options(parser: argparse.ArgumentParser) -> None:
    add_list_options(parser)
    add = parser.add_argument
    add("--columns", metavar="A,B", help="fields in order, also id, owner, unit, created_at, created_by, …; all if not given")
    add("--format", choices=("csv", "json"), help="else what the suffix of FILE says; csv to the standard output")
    add("--labels", action="store_true", help="labels of lists in place of codes")
    add("--limit", type=int, default=0, metavar="N", help="the first N rows; all if not given")
    add("-o", "--output", metavar="FILE", help="the file to write; else the standard output")
    add("--replace", action="store_true", help="replace FILE where it exists")
    add("--delimiter", default=",", metavar="D", help="one character or tab (,)")
    add("--crlf", action="store_true", help="CRLF at the end of a row, as RFC 4180 says")
    add("--bom", action="store_true", help="a byte order mark in front, for Excel")


def add_import_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("source", metavar="SOURCE.csv", help="the file to read")
    add("--kind", metavar="K", help="kind of record; proposed from the headings if not given")
    add("--map", action="append", default=[], metavar="COLUMN=TARGET",
        help='"Account Name=name", "AccountId=party:key", "Owner=owner", "Fax=-" for not imported; repeatable')
    add("--key", metavar="COLUMN", help="column with the external key")
    add("--system", metavar="NAME", help="name of the system the keys belong to (import)")
    add("--again", action="store_true", help="allow the same bytes a second time")
    add("--on-conflict", choices=("skip", "update", "fail"), default="skip", help="where the record exists (skip)")
    add("--dry-run", action="store_true", help="check everything, write nothing")
    add("--rejects", metavar="FILE", help="write rejected rows there")
    add("--encoding", default="utf-8", metavar="E", help="utf-8, utf-16, cp1251, … (utf-8)")
    add("--delimiter", metavar="D", help="one character or tab; else whichever the first line holds most of")
    add("--quote", default='"', metavar="Q", help="one character, or none for no quoting (\")")
    add("--formula-safe", action="store_true", help="take off the apostrophes that an export put before formulas")
    add("--date-format", metavar="F", help="%%d.%%m.%%Y and the like; else ISO 8601")
    add("--decimal", default=".", metavar="SIGN", help="sign in amounts (.)")
    add("--default-owner", metavar="LOGIN", help="stands in for an unknown or empty owner")


def with_session(options: argparse.Namespace) -> int:
    if not options.login and not options.user:
        raise Usage("who is at work? Say --as USER or --login USER, or set CRM_USER")
    with crm.open(options.file) as database:
        code: int = options.run(session_of(database, options), options)
        return code


def session_of(database: crm.Database, options: argparse.Namespace) -> crm.Session:
    if not options.login:
        return database.trusted_session(options.user)
    options.password = asked_for(f"Password of {options.login}: ", "CRM_PASSWORD")
    return database.login(options.login, options.password)


def asked_for(prompt: str, variable: str) -> str:
    """A password from the environment, else from the terminal, where it is not shown."""
    given = os.environ.get(variable)
    if given is not None:
        return given
    try:
        return getpass.getpass(prompt)
    except EOFError:
        raise Usage(f"no password was typed; scripts set {variable}") from None


def exit_code(error: crm.Error) -> int:
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def fail(message: object, code: int) -> int:
    print("crm:", " ".join(str(message).split()), file=sys.stderr)
    return code


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs a command line and answers its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        options = make_parser().parse_args(arguments)
        without_user = options.run in (run_init, run_new_copy, run_restore)
        code: int = options.run(options) if without_user else with_session(options)
        sys.stdout.flush()
        return code
    except Usage as error:
        return fail(error, 2)
    except crm.Error as error:
        return fail(error, exit_code(error))
    except BrokenPipeError:  # whoever read us has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return fail(error, OTHER)
    except Exception as error:  # a fault of ours: one line, and not the code of rejected rows
        return fail(f"{type(error).__name__}: {error}", OTHER)
    except KeyboardInterrupt:
        return fail("stopped", 130)
