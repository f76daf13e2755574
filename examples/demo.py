"""Makes demo.crm in the current folder from a sample firm, or from CSV files, and shows it at work.

    python examples/demo.py [FILE.csv[:KIND] ...] [--parties 2000] [--seed 7]

Kind and columns of a CSV file are proposed from its name and headings; FILE.csv:KIND says the kind. Everything shown
is done by the public API of crm; sample.py writes the firm, terminal.py lays out the text.
"""
from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from contextlib import contextmanager
from csv import DictReader
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple
from zoneinfo import ZoneInfo

import crm
from crm.cli import exit_code

import sample
from terminal import (BOLD, DIM, GREEN, RED, columns, heading, note, padded, painted, pairs, rows_named, say, side_by_side,
                      size, table, width, wrapped)

FILE = Path("demo.crm")
FIRM = "Demo firm"  # name of the first unit: it tells a demo.crm of ours from anybody else's
ADMIN = "ana"
HEAD = "victor"     # leads both sales units of the sample firm
SYSTEM = "demo"     # what external keys of the imported files are kept under
SEPARATOR = " · "
MARKS = {"planned": "○", "started": "◐", "completed": "✓", "cancelled": "✗"}
KINDS = ("party", "contact", "activity")  # in order of import: what others refer to comes first


# --- What is shown, and how long it took ---------------------------------------------------------


class Source(NamedTuple):
    """One CSV file: what its rows become."""
    path: Path
    kind: str
    key: Optional[str]
    columns: Sequence[Tuple[str, str]]
    faulty: Optional[int] = None  # rows made faulty on purpose, where that is known


def duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"


class Steps:
    """The time of each step."""

    def __init__(self) -> None:
        self.taken: List[Tuple[str, Optional[int], float]] = []

    @contextmanager
    def step(self, name: str, rows: Optional[int] = None) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.taken.append((name, rows, time.perf_counter() - begun))

    def show(self) -> None:
        table(["step", "rows", "time", "rows a second"],
              [(name, f"{rows:,}" if rows else "", duration(seconds), f"{rows / seconds:,.0f}" if rows else "")
               for name, rows, seconds in self.taken])
        say(f"{sum(seconds for _, _, seconds in self.taken):.1f} s in all.", "  ")


class Demo:
    """The file, its administrator's session, and what was imported."""

    def __init__(self, database: crm.Database, steps: Steps) -> None:
        self.database = database
        self.me = database.trusted_session(ADMIN)
        self.zone = ZoneInfo(self.me.zone)
        self.steps = steps
        self.imports: List[Tuple[Source, crm.ImportReport]] = []
        self.seller = "ion"   # login of somebody who sees less
        self.head = ""        # login of somebody in between, where there is one
        self.handed: Optional[crm.Command] = None  # what gave the seller records to see

    def local(self, at: Optional[datetime]) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M") if at else ""

    def label(self, listed: str, code: Optional[str]) -> Optional[str]:
        return self.me.lists.label(listed, code) if code else None

    def login(self, user: Optional[crm.Ref]) -> str:
        return self.me.users.get(user).login if user else ""

    def shown(self, value: Any) -> str:
        """A value of a field; of a user, a unit or a party its name."""
        if isinstance(value, crm.Ref):
            return str(getattr(self.me.get(value), "name", value))
        return "–" if value in (None, "") else str(value)


# --- The firm -----------------------------------------------------------------------------------


def set_up_sample(demo: Demo, users: Path) -> None:
    """Units, users and rights. Sellers read what their unit has and change what is theirs."""
    me = demo.me
    with open(users, encoding="utf-8", newline="") as file:
        people = list(DictReader(file))
    firm = me.units.named(FIRM)

    def all_at_once(work: crm.Work) -> None:
        units = {"head office": me.units.add(name="head office", parent=firm)}
        units["sales"] = me.units.add(name="sales", parent=units["head office"])
        for name in dict.fromkeys(person["unit"] for person in people):
            above = units["sales" if name.startswith("sales") else "head office"]
            if name not in units:
                units[name] = me.units.add(name=name, parent=above)
        sellers = me.user_groups.add(name="sellers")
        me.rights.grant(sellers, "*", "read", "unit")
        for action in ("create", "change"):
            me.rights.grant(sellers, "*", action, "own")
        for person in people:
            unit = units["sales" if person["login"] == HEAD else person["unit"]]
            if person["login"] == ADMIN:
                known = me.users.by_login(ADMIN)
                me.users.change(known, known.version, name=person["name"], unit=unit)
                continue
            user = me.users.add(login=person["login"], name=person["name"], unit=unit)
            if person["login"] != HEAD:
                me.records("user_group_member").add(group=sellers, user=user)
                continue
            for action in ("read", "create", "change", "assign"):
                me.rights.grant(user, "*", action, "units_below")

    with demo.steps.step("units, users and rights", len(people)):
        me.work("demo.set_up", all_at_once)
    demo.head = HEAD
    show_firm(demo)


def show_firm(demo: Demo) -> None:
    units = {unit.id: unit for unit in demo.me.units.list()}
    people: Dict[Any, List[str]] = {}
    for user in demo.me.users.list():
        people.setdefault(user.unit, []).append(f"{user.name} ({user.login})")

    def below(parent: Optional[crm.Ref], depth: int) -> Iterator[Tuple[str, str]]:
        for unit in units.values():
            if unit.parent == parent:
                yield "· " * depth + unit.name, ", ".join(people.get(unit.id, []))
                yield from below(unit.id, depth + 1)

    table(["unit", "people"], below(None, 0))
    say()
    table(["who", "may"], [
        (ADMIN, "everything: the administrator"),
        (HEAD, "read, make, change and hand over what sales and the units below it have"),
        ("sellers", "read what their unit has; make and change what is their own")])


def set_up_given(demo: Demo) -> None:
    """Somebody who sees only what is handed to them, for the files given have no users of ours."""
    me = demo.me

    def all_at_once(work: crm.Work) -> None:
        sales = me.units.add(name="sales", parent=me.units.named(FIRM))
        ion = me.users.add(login="ion", name="Ion Lungu", unit=sales)
        for action in ("read", "create", "change"):
            me.rights.grant(ion, "*", action, "own")

    me.work("demo.set_up", all_at_once)
    table(["who", "may"], [(ADMIN, "everything: the administrator, whom all imported records belong to"),
                           ("ion", "read and change what is his own")])


def hand_over(demo: Demo) -> None:
    """Gives the seller every fourth of the first records, as one command."""
    me, ion = demo.me, demo.me.users.by_login("ion")
    given: Counter = Counter()

    def all_at_once(work: crm.Work) -> None:
        given.clear()  # the body may be run again
        for kind in KINDS:
            for record in list(me.find(kind, limit=200))[::4]:
                me.change(record, record.version, owner=ion)
                given[kind] += 1

    demo.handed = me.work("demo.hand_over", all_at_once)
    say("Handed to ion: " + ", ".join(f"{count} of kind {kind}" for kind, count in given.items()) + ".", "  ")
    say()


# --- Import -------------------------------------------------------------------------------------


def sample_sources(written: Dict[str, dict]) -> List[Source]:
    """What the columns of the sample become, where they are not called so already."""
    maps = {
        "parties": ("party", None, [("address", "address.street"), ("city", "address.city"), ("second_role", "role")]),
        "contacts": ("contact", "key", [("party_code", "party:code")]),
        "activities": ("activity", "key", [
            ("start", "start_at"), ("end", "end_at"), ("party_code", "party:code"), ("contact_key", "contact:key"),
            ("follow_up_of_key", "follow_up_of:key")]),
    }
    return [Source(Path(written[name]["path"]), kind, key, mapped, written[name]["faulty"])
            for name, (kind, key, mapped) in maps.items()]


def given_sources(files: Sequence[str], encoding: str) -> List[Source]:
    """The files given, with what the library proposes for each, in an order in which references find their records."""
    sources = [given_source(text, encoding) for text in files]
    twice = [str(path) for path, count in Counter(source.path.resolve() for source in sources).items() if count > 1]
    if twice:
        raise crm.Invalid(f"{twice[0]}: is given twice")
    return sorted(sources, key=lambda source: KINDS.index(source.kind) if source.kind in KINDS else len(KINDS))


def given_source(text: str, encoding: str) -> Source:
    name, colon, kind = text.rpartition(":")
    path = Path(name) if colon and not Path(text).exists() else Path(text)
    if path != Path(name):
        kind = ""
    if path.exists() and not path.is_file():
        raise crm.Invalid(f"{path}: is no file")
    try:
        proposal = crm.propose_import(path.name, crm.csv_header(path, encoding=encoding), kind or None)
    except crm.Invalid as error:
        hint = " (is it --encoding cp1251, or another?)" if f"not valid {encoding}" in str(error) else ""
        raise crm.Invalid(f"{path}: {error}{hint}") from None
    if not proposal.kind:
        raise crm.Invalid(f"{path}: no kind fits its headings; say one by adding :party, :contact or :activity")
    if not proposal.columns:
        raise crm.Invalid(f"{path}: none of its columns is known for the kind {proposal.kind}")
    return Source(path, proposal.kind, proposal.key, proposal.columns)


def import_all(demo: Demo, sources: Sequence[Source], **options: Any) -> None:
    for number, source in enumerate(sources):
        if number:
            say()
        show_mapping(demo, source, options)
        begun = time.perf_counter()
        report = demo.me.import_csv(source.path, kind=source.kind, map=source.columns, key=source.key, system=SYSTEM,
                                    on_conflict="fail", **options)
        demo.steps.taken.append((f"import {source.path.name}", report.rows, time.perf_counter() - begun))
        demo.imports.append((source, report))
        show_report(source, report)


def show_mapping(demo: Demo, source: Source, options: Dict[str, Any]) -> None:
    """Said before the import: which columns become what."""
    header = crm.csv_header(source.path, encoding=options.get("encoding", "utf-8"))
    mapped = dict(source.columns)
    print("  " + painted(f"{source.path.name} → {source.kind}", BOLD) + (f", key: {source.key}" if source.key else ""))
    renamed = [f"{name} → {mapped[name]}" for name in header if mapped.get(name, name) not in (name, "-")]
    same = [name for name in header if mapped.get(name) == name] if source.faulty is None else \
        [name for name in header if name not in mapped and name != source.key]
    left = [name for name in header if name != source.key and name not in same and mapped.get(name, "-") == "-"]
    pairs([("mapped", ",  ".join(renamed)), ("by name", ", ".join(same)), ("not imported", ", ".join(left))], "    ")


def show_report(source: Source, report: crm.ImportReport) -> None:
    outcomes = ("created", "updated", "unchanged", "skipped", "rejected")
    parts = [f"{getattr(report, name):,} {name}" for name in outcomes
             if getattr(report, name) or name in ("created", "rejected")]
    line = f"{report.rows:,} rows = {' + '.join(parts)}"
    print("    " + painted(line, BOLD, GREEN if report.created else RED) + f"   ({duration(report.seconds)})")
    if source.faulty is not None:
        say(f"The generator had spoiled {source.faulty} of these rows on purpose.", "    ")
    show_rejected(report)


def show_rejected(report: crm.ImportReport) -> None:
    """The reasons, those of one sort together, with the numbers of their rows."""
    groups: Dict[Tuple[str, str], List[dict]] = {}
    for problem in report.problems:
        sort = re.sub(r'"[^"]*"|“[^”]*”|«[^»]*»|\d+', "…", problem["reason"] or "")
        groups.setdefault((problem["field"] or "", sort), []).append(problem)
    room = columns() - 6
    for (field, _), problems in sorted(groups.items(), key=lambda group: -len(group[1])):
        rows = rows_named([problem["row"] for problem in problems])
        lines = wrapped(f"{field}: {problems[0]['reason']}" if field else problems[0]["reason"], room - width(rows) - 4)
        print(f"    {painted('✗', RED)} {padded(lines[0], room - width(rows) - 2)}  {painted(rows, DIM)}")
        for more in lines[1:]:
            print(f"      {more}")
    if report.rejected > len(report.problems):
        note(f"… and {report.rejected - len(report.problems):,} rejected rows more", "      ")


# --- Cards and chains ---------------------------------------------------------------------------


def busiest_chain(demo: Demo) -> List[crm.Activity]:
    """The longest of some chains, rather one that still goes on."""
    at_its_end = crm.field("follow_up_of").not_null() & (crm.field("state") == "planned")
    some = list(demo.me.find("activity", at_its_end, limit=40)) or list(demo.me.find("activity", limit=40))
    chains = [demo.me.activities.chain(activity) for activity in some]
    return max(chains, key=len, default=[])


def busiest_party(demo: Demo, chain: Sequence[crm.Activity]) -> Optional[crm.Ref]:
    """The party of the chain, else the one most of some contacts speak for, else any."""
    if chain and chain[0].party:
        return chain[0].party
    spoken_for = Counter(membership.party for contact in demo.me.find("contact", limit=100)
                         for membership in demo.me.contacts.memberships(contact))
    if spoken_for:
        return spoken_for.most_common(1)[0][0]
    return next((party.id for party in demo.me.find("party", limit=1)), None)


def show_card(demo: Demo, party: crm.Ref) -> None:
    with demo.steps.step("card"):
        card = demo.me.parties.card(party, limit=6)
    facts = card.party
    print("  " + painted(f"{facts.code}  {facts.name}", BOLD) + "\n")
    kinds = (demo.label("party_type", facts.type), demo.label("party_status", facts.status))
    revenue = f"{facts.annual_revenue:,} {facts.annual_revenue_currency}" if facts.annual_revenue else None
    pairs([
        ("type", SEPARATOR.join(filter(None, kinds))),
        ("roles", ", ".join(demo.label("party_role", role) or role for role in card.roles)),
        ("industry", demo.label("industry", facts.industry)),
        ("employees", f"{facts.employees:,}" if facts.employees else None),
        ("revenue", revenue),
        ("tax code", facts.tax_code),
        ("address", "; ".join(address_line(address) for address in card.addresses)),
        ("reach", SEPARATOR.join(point.value for point in card.points)),
        ("responsible", card.owner_name),
        ("about", facts.description),
    ])
    if card.people:
        say()
        table(["person", "position", "reach"], [
            (person.contact.name, person.position or person.contact.title,
             SEPARATOR.join(point.value for point in person.points))
            for person in card.people])
    if card.planned or card.chronicle:
        say()
        table(["", "when", "kind", "subject", "result"], [
            (MARKS[activity.state], demo.local(activity.start_at), demo.label("activity_kind", activity.kind),
             activity.subject, activity.result) for activity in [*card.planned, *card.chronicle]])
    for entry in card.notes:
        say(f"{demo.local(entry.written_at)}  {entry.text}", "  ")


def address_line(address: crm.Address) -> str:
    parts = (address.street, address.city, address.region, address.postal_code, address.country or address.country_name)
    return ", ".join(filter(None, parts))


def show_chain(demo: Demo, chain: Sequence[crm.Activity]) -> None:
    """The chain of an activity, first to last, with what came of each."""
    for number, activity in enumerate(chain):
        mark = painted(MARKS[activity.state], GREEN if activity.state == "completed" else DIM)
        kind = demo.label("activity_kind", activity.kind) or ""
        print(f"  {mark} {demo.local(activity.start_at)}  " + painted(f"{kind}: {activity.subject}", BOLD))
        bar = "│" if number + 1 < len(chain) else " "
        full = demo.me.activities.get(activity)
        for text in filter(None, (full.description, full.result and f"→ {full.result}")):
            for line in wrapped(text, columns() - 6):
                print(f"  {bar}   {line}")


# --- Search -------------------------------------------------------------------------------------

BESIDE = str.maketrans("ґҐёЁїЇ", "гГеЕіІ")  # what people type instead


def typed(name: str) -> str:
    """A name as somebody in a hurry types it: its plain words, without diacritics or capitals."""
    if not has_cyrillic(name):
        name = "".join(letter for letter in unicodedata.normalize("NFD", name) if not unicodedata.combining(letter))
    words = re.findall(r"[^\W\d_]{3,}", name.translate(BESIDE))
    return " ".join(words[:2]).lower()


def has_cyrillic(text: str) -> bool:
    return bool(re.search("[а-яёїґ]", text.lower()))


def show_search(demo: Demo) -> None:
    names = [party.name for party in demo.me.find("party", order="name", limit=1000)]
    asked = []
    for letters in ("ăâîșț", "ё", "їґ", "äöüß"):
        found = next((name for name in names if any(letter in name.split("”")[0].lower() for letter in letters)), None)
        if found:
            asked.append(typed(found))
    if not asked and names:
        asked = [typed(names[0]) or names[0]]
    lines = []
    for text in dict.fromkeys(asked):
        with demo.steps.step(f"search “{text}”"):
            hits = demo.me.search(text, kinds="party", limit=50)
        titles = SEPARATOR.join(hit.title for hit in hits.rows[:4])
        lines.append((text, f"{len(hits)}{'+' if hits.incomplete else ''}", titles))
    table(["typed", "found", "the newest of them"], lines)


# --- A seller's day -----------------------------------------------------------------------------


def show_caller(demo: Demo) -> None:
    """Who is calling: a number as the telephone shows it, whatever way it was written down."""
    point = next(iter(demo.me.find("point", crm.field("type") == "mobile", limit=1)), None)
    if not point or not point.normalized:
        return
    with demo.steps.step("who is calling"):
        caller = demo.me.calls.who(point.normalized)
    known = filter(None, (caller.contact, caller.party, caller.lead))
    say(f"A call from {point.normalized}: {SEPARATOR.join(who.name for who in known) or 'nobody we know'} "
        f"(written down as {point.value}).", "  ")
    for talk in caller.interactions[:3]:
        say(f"  {demo.local(talk.start_at)}  {talk.subject}", "  ")


def show_week(demo: Demo) -> None:
    """Next week of the seller, with a meeting that recurs and stays at ten by the clock."""
    me, seller = demo.me, demo.me.users.by_login(demo.seller)
    monday = date.today() + timedelta(days=7 - date.today().weekday())
    me.activities.plan(subject="Sales meeting", kind="meeting", owner=seller, zone=demo.zone.key,
                       start_at=datetime(monday.year, monday.month, monday.day, 10, tzinfo=demo.zone),
                       recurrence="RRULE:FREQ=WEEKLY;BYDAY=MO,TH")
    since, until = crm.week_of(monday, demo.zone.key)
    with demo.steps.step("a week's calendar"):
        agenda = me.calendar.agenda(since, until, seller)
    say()
    table([f"{demo.seller}, next week", "what", "with"],
          [(f"{entry.start.astimezone(demo.zone):%a %H:%M}", entry.subject, entry.party_name or "") for entry in agenda.entries[:8]])


def show_lead(demo: Demo) -> None:
    """What somebody leaves on a site is taken in once, and taken from the queue once."""
    me, seller = demo.me, demo.database.trusted_session(demo.seller)
    queue = me.lead_queues.add(name="Site")
    me.lead_queues.add_member(queue, seller.user)
    left = dict(key="form-1042", subject="Asked for a price list", first_name="Maria", last_name="Rusu", email="maria.rusu@example.com",
                consents=[{"channel": "email", "source": "price list form"}], queue=queue)
    with demo.steps.step("a lead: taken in, taken once"):
        received = [me.leads.intake(**left) for _ in range(2)]
        taken = [seller.leads.take_next(queue) for _ in range(2)]
    say()
    say(f"Left on the site twice, taken in once: {received[0].lead == received[1].lead}. {demo.seller} takes "
        f"{taken[0].name if taken[0] else 'nobody'}, and then {taken[1].name if taken[1] else 'nobody: the queue is empty'}.", "  ")


# --- Rights -------------------------------------------------------------------------------------


def show_rights(demo: Demo) -> None:
    logins = list(filter(None, (ADMIN, demo.head, demo.seller)))
    sessions = {login: demo.database.trusted_session(login) for login in logins}
    with demo.steps.step("lists and counts of everybody"):
        counts = {login: [session.count(kind, limit=1_000_000).rows for kind in KINDS]
                  for login, session in sessions.items()}
        pages = {login: list(session.find("party", order="name", limit=8)) for login, session in sessions.items()}
    table(["who", "parties", "contacts", "activities", "found by typing “a”"],
          [(login, *(f"{count:,}" for count in counts[login]), found(sessions[login])) for login in logins])
    say()
    left, right = ([f"{party.code} {party.name}" for party in pages[login]] for login in (ADMIN, demo.seller))
    side_by_side(left, right, [f"{login}: {counts[login][0]:,} part{'y' if counts[login][0] == 1 else 'ies'}"
                               for login in (ADMIN, demo.seller)])
    say()
    show_refusals(demo, sessions[demo.seller])


def found(session: crm.Session) -> str:
    hits = session.quick("a", limit=1000)
    return f"{len(hits):,}{'+' if hits.incomplete else ''}"


def show_refusals(demo: Demo, seller: crm.Session) -> None:
    """What is hidden is absent; what is another's is shown, where it may be, and cannot be changed."""
    hidden = next((party for party in demo.me.find("party", crm.field("unit") != seller.unit, limit=1)), None)
    if hidden:
        tried(demo, f"{seller.login} opens {hidden.code} of another unit", lambda: seller.parties.get(hidden))
        tried(demo, f"{seller.login} asks for its history", lambda: seller.history(hidden))
    colleague = next((party for party in seller.find("party", crm.field("owner") != seller.user, limit=1)), None)
    if colleague:
        tried(demo, f"{seller.login} reads {colleague.code} of a colleague", lambda: seller.parties.get(colleague))
        tried(demo, f"{seller.login} renames it", lambda: seller.parties.change(colleague, colleague.version, name="Mine"))


def tried(demo: Demo, what: str, action: Any) -> None:
    try:
        action()
        answer, colour = "done", GREEN
    except crm.Error as error:
        answer, colour = f"{type(error).__name__}: {error.args[0] if error.args else error}", RED
    for number, line in enumerate(wrapped(answer, columns() - 38)):
        print(f"  {padded(what + ':' if number == 0 else '', 34)}  {painted(line, colour)}")


# --- History and undo ---------------------------------------------------------------------------


def show_history(demo: Demo, record: crm.Ref) -> None:
    for entry in demo.me.history(record):
        what = painted(f"{entry.user}: {entry.what}", BOLD)
        print(f"  {demo.local(entry.command.at)}  {what} ({entry.command.verb})")
        pairs([(change.field, f"{demo.shown(change.before)} → {demo.shown(change.after)}") for change in entry.fields
               if not change.field.endswith("_key")], "      ")


def show_undo_of_change(demo: Demo, party: crm.Ref) -> None:
    """Somebody changes a record by mistake, the history tells who and what, and the command is turned back."""
    before = demo.me.parties.get(party)
    owner = demo.login(before.owner)
    session = demo.database.trusted_session(owner)
    session.parties.change(before, before.version, name=f"{before.name} (closed)",
                           status="dormant" if before.status == "lost" else "lost")
    show_history(demo, party)
    with demo.steps.step("undo of one command"):
        done = session.undo(session.commands(limit=1)[0])
    after = demo.me.parties.get(party)
    say()
    say(f"{owner} turns it back: command {done.id}. Name: {after.name}; status: {demo.shown(after.status)}.", "  ")
    assert (after.name, after.status) == (before.name, before.status)


def show_undo_of_follow_up(demo: Demo, chain: Sequence[crm.Activity]) -> None:
    """Completing and planning the next one is one command: both go back together."""
    last = chain[-1]
    if last.state != "planned":
        return
    session = demo.database.trusted_session(demo.login(last.owner))
    session.activities.complete(last, result="Signed", follow_up={
        "subject": "Call back in a month", "kind": "call", "start_at": last.start_at + timedelta(days=30)})
    grown = demo.me.activities.chain(last)
    session.undo(session.commands(limit=1)[0])
    back = demo.me.activities.chain(last)
    say(f"“{last.subject}” completed with a follow-up planned: a chain of {len(grown)}, the last {grown[-1].state}. "
        f"Undone: {len(back)}, the last {back[-1].state}.", "  ")
    assert [activity.id for activity in back] == [activity.id for activity in chain]


def show_undo_of_import(demo: Demo) -> None:
    """A whole import goes and comes back; one that others depend on stays, and says why."""
    if demo.handed:  # what was changed since would stand in the way
        demo.handed = demo.me.undo(demo.handed)
        say(f"First what was handed to {demo.seller} is handed back: command {demo.handed.id} undoes one.", "  ")
    source, report = demo.imports[-1]
    before = demo.me.info().rows
    with demo.steps.step(f"undo of the import of {source.path.name}", report.created):
        undone = demo.me.undo(report)
    between = demo.me.info().rows
    with demo.steps.step("redo: undo of that undo", report.created):
        demo.me.undo(undone)
    after = demo.me.info().rows
    say(f"The import of {source.path.name}, run {report.run}, is turned back; then that is turned back itself.", "  ")
    say()
    table(["rows of", "before", "undone", "redone"],
          [(kind, *(f"{rows.get(kind, 0):,}" for rows in (before, between, after)))
           for kind in before if before[kind] != between.get(kind, 0)])
    if before != after:
        raise crm.Error("the redo did not bring back what the undo took away")
    if len(demo.imports) > 1:
        show_refused_undo(demo)
    if demo.handed:
        demo.me.undo(demo.handed)


def show_refused_undo(demo: Demo) -> None:
    """What others depend on does not go; nothing is done, and all that stands in the way is listed."""
    source, report = demo.imports[0]
    say()
    try:
        with demo.steps.step(f"refusal to undo the import of {source.path.name}"):
            demo.me.undo(demo.me.undo(report))
        say(f"The import of {source.path.name} could be turned back as well: nothing depends on it.", "  ")
    except crm.Conflict as error:
        say(f"The import of {source.path.name} stays, for {len(error.conflicts):,} reasons. The first:", "  ")
        for conflict in error.conflicts[:3]:
            field = f"{conflict['field']}: " if conflict["field"] else ""
            say(f"{conflict['record'].kind} {conflict['record']}: {field}{conflict['reason']}", "    ")


# --- All of it ----------------------------------------------------------------------------------


def remove_earlier() -> None:
    """Removes the demo.crm of an earlier demo; refuses to touch any other file of that name."""
    if not os.path.lexists(FILE):
        return
    with crm.open(FILE, read_only=True) as database:
        try:
            database.trusted_session(ADMIN).units.named(FIRM)
        except crm.NotFound:
            raise crm.Conflict(f"{FILE.absolute()} was not made by this demo: move it, or work in another folder") from None
    for ending in ("", "-wal", "-shm", "-gate"):
        Path(f"{FILE}{ending}").unlink(missing_ok=True)


def made(steps: Steps, country: str, zone: str, currency: str) -> crm.Database:
    remove_earlier()
    print(painted(f"crm {crm.__version__}: {FILE.absolute()}", BOLD))
    with steps.step("make the file"):
        return crm.create(FILE, admin=ADMIN, admin_name="Ana Țurcanu", unit=FIRM, country=country, zone=zone, language="en",
                          currency=currency)


def run_sample(options: argparse.Namespace, steps: Steps) -> None:
    with tempfile.TemporaryDirectory(prefix="crm-demo-") as folder:
        with steps.step("write the sample's CSV files"):
            written = sample.write(folder, options.parties, options.seed, date.today())
        with made(steps, "MD", "Europe/Chisinau", "MDL") as database:
            demo = Demo(database, steps)
            heading("A firm of twelve")
            set_up_sample(demo, Path(written["users"]["path"]))
            heading("Import: every row is taken, or refused with its reason")
            import_all(demo, sample_sources(written))
            show(demo)


def run_given(options: argparse.Namespace, steps: Steps) -> None:
    sources = given_sources(options.files, options.encoding)
    with made(steps, options.country, options.zone, options.currency) as database:
        demo = Demo(database, steps)
        heading("Two users")
        set_up_given(demo)
        say()
        note(f"Amounts without a currency are {options.currency}, times without a zone of {options.zone} (see --help).", "  ")
        heading("Import: every row is taken, or refused with its reason")
        import_all(demo, sources, encoding=options.encoding, date_format=options.date_format, decimal=options.decimal,
                   default_owner=ADMIN)
        show(demo)


def show(demo: Demo) -> None:
    """The tour, as far as there is anything to show."""
    chain = busiest_chain(demo)
    party = busiest_party(demo, chain)
    if party:
        heading("A card: one party in one call")
        show_card(demo, party)
    if len(chain) > 1:
        heading("A follow-up chain")
        show_chain(demo, chain)
    heading("Search, typed without diacritics")
    show_search(demo)
    heading("A seller's day: who calls, the week, the next lead")
    show_caller(demo)
    show_week(demo)
    show_lead(demo)
    heading("The same list for two people: what is hidden is absent")
    if not demo.head:
        hand_over(demo)
    show_rights(demo)
    if party:
        heading("History, and undo of a change")
        show_undo_of_change(demo, party)
    if chain:
        show_undo_of_follow_up(demo, chain)
    if any(report.created for _, report in demo.imports):
        heading("Undo of a whole import")
        show_undo_of_import(demo)
    heading("The file")
    show_file(demo)


def show_file(demo: Demo) -> None:
    demo.steps.show()
    rows = {kind: count for kind, count in demo.me.info().rows.items() if count}
    demo.database.close()
    say()
    say(f"{FILE}: {size(FILE.stat().st_size)}, {sum(rows.values()):,} rows: "
        + ", ".join(f"{count:,} {kind}" for kind, count in rows.items()), "  ")
    program = Path(sys.executable).with_name("crm")
    known = os.path.relpath(program) if program.exists() else "crm"
    say()
    say("Go on with it:", "  ")
    for line in ("--as ion list party --order name", "--as ana search PHRASE", "--as ana history"):
        print(f"    {known} -f {FILE} {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", metavar="FILE.csv[:KIND]", help="CSV files instead of the sample firm")
    parser.add_argument("--parties", type=int, default=2000, metavar="N", help="size of the sample firm (2000)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="another number makes another firm (7)")
    given = parser.add_argument_group("of the files given")
    given.add_argument("--encoding", default="utf-8", help="utf-8, cp1251, … (utf-8)")
    given.add_argument("--date-format", metavar="F", help="%%d.%%m.%%Y and the like; else ISO 8601")
    given.add_argument("--decimal", default=".", metavar="SIGN", help="sign in amounts (.)")
    given.add_argument("--country", default="", metavar="CC", help="ISO 3166-1: reads national phone numbers")
    given.add_argument("--zone", default="UTC", metavar="Z", help="IANA zone of times that say none (UTC)")
    given.add_argument("--currency", default="EUR", metavar="C", help="ISO 4217: of amounts that say none (EUR)")
    options = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    steps = Steps()
    try:
        (run_given if options.files else run_sample)(options, steps)
        return 0
    except crm.Error as error:
        print("demo:", " ".join(str(error).split()), file=sys.stderr)
        return exit_code(error)
    except BrokenPipeError:  # whoever read us has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
