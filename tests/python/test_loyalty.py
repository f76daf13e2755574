"""Loyalty, own companies, profiles and the card of a contact from Python: PAR-15, PAR-16, CON-07, CON-09, CON-10."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

import crm


def test_par_16_grades_move_with_reasons(me: crm.Session) -> None:
    acme, rival = me.parties.add(name="Acme SRL"), me.parties.add(name="Rival SA")
    me.loyalty.grade(acme, "loyal", on=date(2026, 1, 10))
    moved = me.loyalty.grade(acme, "lost", reason="price", competitor=rival, on=date(2026, 2, 10), note="10 % less")
    assert (moved.from_grade, moved.to_grade, moved.competitor) == ("loyal", "lost", rival.id)
    assert me.parties.get(acme).loyalty == "lost"
    assert [movement.to_grade for movement in me.loyalty.history(acme)] == ["lost", "loyal"]
    flow = me.loyalty.flows(date(2026, 2, 1), date(2026, 2, 28))[0]
    assert (flow.from_grade, flow.to_grade, flow.reason, flow.competitor, flow.movements) == ("loyal", "lost", "price", rival.id, 1)
    with pytest.raises(crm.Conflict, match="lost already"):
        me.loyalty.grade(acme, "lost")


def test_par_15_own_companies(me: crm.Session) -> None:
    ours = me.parties.add(name="Vinăria SRL")
    me.parties.add(name="Acme SRL")
    me.parties.add_role(ours, "own_company")
    assert [party.name for party in me.parties.own_companies()] == ["Vinăria SRL"]


def test_con_10_a_profile(me: crm.Session) -> None:
    rusu = me.contacts.add(last_name="Rusu", occupation="oenologist", income_level="high", purchasing_budget=Decimal("1000.00"),
                           purchasing_budget_currency="EUR")
    known = me.contacts.get(rusu)
    assert (known.occupation, known.purchasing_budget, known.purchasing_budget_currency) == ("oenologist", Decimal("1000.00"), "EUR")
    assert me.contacts.count(crm.field("income_level") == "high") == 1


def test_con_09_con_07_the_card_of_a_contact(me: crm.Session) -> None:
    rusu, acme = me.contacts.add(last_name="Rusu"), me.parties.add(name="Acme SRL")
    me.contacts.join(rusu, acme, "director", starts_on=date(2016, 1, 1))
    me.activities.report(subject="Met", kind="meeting", contact=rusu, start_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
    me.consents.add(record=rusu, channel="email")
    card = me.contacts.card(rusu)
    company = card.companies[0]
    assert (company.party.name, company.position, company.starts_on, company.ends_on) == ("Acme SRL", "director", date(2016, 1, 1), None)
    assert [activity.subject for activity in card.chronicle] == ["Met"]
    assert {consent.channel for consent in card.consents if consent.may_contact} == {"email"}
    assert card.person is None and not card.more_chronicle
    assert [activity.subject for activity in me.activities.chronicle(rusu)] == ["Met"]
    assert me.parties.card(acme).people[0].contact.id == card.contact.id
    assert me.as_of(datetime.now(timezone.utc)).card(rusu).contact.last_name == "Rusu"


def test_par_10_the_card_of_a_party(me: crm.Session) -> None:
    acme, group = me.parties.add(name="Acme SRL"), me.parties.add(name="Group")
    me.party_links.add(party=acme, other=group, type="member_of", starts_on=date(2020, 1, 1))
    me.consents.add(record=acme, channel="fax")
    me.segments.add_members(me.segments.make("party", "VIP"), [acme])
    me.projects.add(name="Later", party=acme)
    me.projects.add(name="Soon", party=acme, due_on=date(2026, 7, 1))
    card = me.parties.card(acme, limit=1)
    link = card.links[0]
    assert (link.other.name, link.type, link.is_inverse, link.starts_on, link.ends_on) == ("Group", "member_of", False, date(2020, 1, 1), None)
    assert me.parties.card(group).links[0].is_inverse
    assert {consent.channel for consent in card.consents if consent.may_contact} == {"fax"}
    assert [group.name for group in card.groups] == ["VIP"]
    assert [project.name for project in card.projects] == ["Soon"]
    assert card.more_projects and not card.more_links
