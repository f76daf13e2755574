"""crm show: the cards of parties and contacts, and values as a user reads them, on the command line."""
from datetime import datetime
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union
from zoneinfo import ZoneInfo

import crm

Pairs = List[Tuple[str, Any]]
AnyCard = Union[crm.Card, crm.ContactCard]


def show_pairs(pairs: Iterable[Tuple[str, Any]], indent: str = "") -> None:
    """Label and value, absent values left out."""
    shown = [(label, str(value)) for label, value in pairs if value not in (None, "", [])]
    width = max((len(label) for label, _ in shown), default=0)
    for label, value in shown:
        first, *more = value.splitlines() or [""]
        print(f"{indent}{label.ljust(width)}  {first}")
        for line in more:
            print(f"{indent}{' ' * width}  {line}")


def show_words(*words: Optional[str]) -> None:
    """A line of a part of a card."""
    print("  " + "  ".join(filter(None, words)))


class Words:
    """Values as this session's user reads them: labels of codes, local times, names of users. Names of the past where it is given."""

    def __init__(self, me: crm.Session, past: Optional[crm.Past] = None) -> None:
        self.me = me
        self.source: Union[crm.Session, crm.Past] = past or me
        self.zone = ZoneInfo(me.zone)
        self.names: Dict[int, str] = {}

    def time(self, at: Optional[datetime]) -> str:
        return "" if at is None else at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def label(self, name: str, code: Optional[str]) -> Optional[str]:
        return None if code is None else self.me.lists.label(name, code)

    def name(self, ref: Optional[crm.Ref]) -> str:
        """What a record is called; its number where it is hidden or gone."""
        if ref is None:
            return ""
        if ref not in self.names:
            try:
                record = self.source.get(ref)
            except crm.NotFound:
                self.names[ref] = str(ref)
            else:
                titles = (getattr(record, field, None) for field in ("name", "subject", "title", "login", "value", "code"))
                self.names[ref] = next((title for title in titles if title), str(ref))
        return self.names[ref]

    def value(self, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return self.time(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, crm.Ref):
            return self.name(value)
        return " ".join(str(value).split("\n"))


def money(amount: Any, currency: Optional[str]) -> Optional[str]:
    return None if amount is None else f"{amount:,} {currency or ''}".rstrip()


def period(of: Union[crm.CardPerson, crm.CardLink, crm.CardCompany]) -> str:
    return f"{of.starts_on or ''} – {of.ends_on or ''}" if of.starts_on or of.ends_on else ""


# --- What cards share -----------------------------------------------------------------------------


def show_title(*words: Optional[str]) -> None:
    title = "  ".join(filter(None, words)) or "–"
    print(title)
    print("=" * len(title))


def common_facts(words: Words, card: AnyCard, record: Union[crm.Party, crm.Contact]) -> Pairs:
    """What every card ends its facts with: custom properties too."""
    custom = [(name, words.value(value)) for name, value in record.to_dict().items() if name.startswith("x_")]
    reached = [words.label("consent_channel", consent.channel) or consent.channel for consent in card.consents if consent.may_contact]
    return [
        *custom,
        ("responsible", card.owner_name),
        ("segments", ", ".join(group.name or "" for group in card.groups)),
        ("may be reached by", ", ".join(reached)),
        ("description", record.description),
        ("id", record.id),
    ]


def show_points(words: Words, card: AnyCard) -> None:
    if card.points or card.addresses:
        print("\nReach")
    pairs: Pairs = []
    for point in card.points:
        pairs.append((words.label("point_type", point.type) or "", " ".join(filter(None, (point.value, point.label)))))
    for address in card.addresses:
        parts = (address.street, address.city, address.region, address.postal_code, address.country or address.country_name)
        pairs.append((words.label("address_type", address.type) or "address", ", ".join(filter(None, parts))))
    show_pairs(pairs, "  ")


def show_activities(words: Words, heading: str, activities: Sequence[crm.Activity], more: bool, other: str) -> None:
    """`other`: the end of an activity that the card is not about."""
    if not activities:
        return
    print(f"\n{heading}" + (" (the nearest)" if more else ""))
    for activity in activities:
        show_words(words.time(activity.start_at), words.label("activity_kind", activity.kind), activity.subject, activity.state)
        show_pairs([(other, words.name(getattr(activity, other))), ("result", activity.result), ("next", activity.next_contact_on)],
                   "      ")


def show_told(words: Words, card: AnyCard, other: str) -> None:
    """What is to come, what was, and what was noted."""
    show_activities(words, "Planned", card.planned, card.more_planned, other)
    show_activities(words, "Chronicle", card.chronicle, card.more_chronicle, other)
    if card.notes:
        print("\nNotes" + (" (the newest)" if card.more_notes else ""))
        for note in card.notes:
            heading = f"{words.time(note.written_at)}  {words.name(note.author)}"
            show_pairs([(heading, "\n".join(filter(None, (note.title, note.text))))], "  ")


# --- The card of a party --------------------------------------------------------------------------


def show_card(words: Words, card: crm.Card) -> None:
    facts = card.party
    show_title(facts.code, facts.name)
    show_pairs([
        ("nature", facts.nature),
        ("type", words.label("party_type", facts.type)),
        ("status", words.label("party_status", facts.status)),
        ("industry", words.label("industry", facts.industry)),
        ("source", words.label("source", facts.source)),
        ("roles", ", ".join(words.label("party_role", role) or role for role in card.roles)),
        ("tax code", facts.tax_code),
        ("register", facts.register_number),
        ("country", facts.country),
        ("employees", facts.employees),
        ("revenue", money(facts.annual_revenue, facts.annual_revenue_currency)),
        *common_facts(words, card, facts),
    ])
    show_points(words, card)
    show_accounts(card)
    show_people(words, card)
    show_links(words, card)
    show_projects(card)
    show_told(words, card, "contact")


def show_accounts(card: crm.Card) -> None:
    if not card.bank_accounts:
        return
    print("\nAccounts")
    for account in card.bank_accounts:
        show_words(account.iban or account.number, account.currency, account.bank_name, account.note)


def show_people(words: Words, card: crm.Card) -> None:
    if not card.people:
        return
    print("\nPeople" + (" (some)" if card.more_people else ""))
    for person in card.people:
        show_words(person.contact.name, person.position or person.contact.title, period(person))
        show_pairs([(words.label("point_type", point.type) or "", point.value) for point in person.points], "      ")


def show_links(words: Words, card: crm.Card) -> None:
    if not card.links:
        return
    print("\nLinks" + (" (some)" if card.more_links else ""))
    for link in card.links:
        types = "party_link_type_inverse" if link.is_inverse else "party_link_type"
        show_words(words.label(types, link.type) or link.type, link.other.name, period(link))


def show_projects(card: crm.Card) -> None:
    if not card.projects:
        return
    print("\nProjects" + (" (some)" if card.more_projects else ""))
    for project in card.projects:
        due = f"due {project.due_on}" if project.due_on and not project.ended_on else ""
        ended = f"ended {project.ended_on}" if project.ended_on else ""
        show_words(project.code, project.name, project.state, due, ended)


# --- The card of a contact ------------------------------------------------------------------------


def show_contact_card(words: Words, card: crm.ContactCard) -> None:
    facts = card.contact
    show_title(facts.name)
    show_pairs([
        ("party", card.person and card.person.code),
        ("title", facts.title),
        ("type", words.label("contact_type", facts.type)),
        ("status", words.label("contact_status", facts.status)),
        ("sex", words.label("sex", facts.sex)),
        ("born", facts.born_on),
        ("nick name", facts.nick_name),
        ("occupation", facts.occupation),
        ("income", words.label("income_level", facts.income_level)),
        ("attitude", words.label("attitude", facts.attitude)),
        ("prospects", words.label("prospects", facts.prospects)),
        ("budget", money(facts.purchasing_budget, facts.purchasing_budget_currency)),
        ("preferences", facts.preferences),
        *common_facts(words, card, facts),
    ])
    show_companies(card)
    show_points(words, card)
    show_family(words, card)
    show_dates(words, card)
    show_told(words, card, "party")


def show_companies(card: crm.ContactCard) -> None:
    if not card.companies:
        return
    print("\nCompanies" + (" (some)" if card.more_companies else ""))
    for company in card.companies:
        show_words(company.party.code, company.party.name, company.position, period(company))


def show_family(words: Words, card: crm.ContactCard) -> None:
    """Of kin that is hidden the relation only."""
    if not card.family:
        return
    print("\nFamily")
    for kinship in card.family:
        is_inverse = kinship.contact != card.contact.id
        relation = words.label("kinship_relation_inverse" if is_inverse else "kinship_relation", kinship.relation)
        name = words.name(kinship.contact) if is_inverse else kinship.name or words.name(kinship.kin)
        show_words(relation, name, f"born {kinship.born_on}" if kinship.born_on else "", kinship.note)


def show_dates(words: Words, card: crm.ContactCard) -> None:
    if not card.dates:
        return
    print("\nDates")
    for each in card.dates:
        day = f"{each.year}-{each.month_day}" if each.year else each.month_day
        show_words(day, words.label("memorable_date_type", each.type), each.label)
