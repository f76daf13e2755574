"""Bank accounts and links of parties."""
from datetime import date

import pytest

import crm


def test_accounts_are_checked_and_found(me):
    acme = me.parties.add(name="Acme")
    euro = me.bank_accounts.add(party=acme, number="MD24 AG00 0225 1000 1310 4168", bank_name="Agroindbank",
                                bic="agrnmd2x", currency="EUR", is_primary=True)
    me.bank_accounts.add(party=acme, number="2224 7014")
    assert euro.iban == "MD24AG000225100013104168" and euro.bic == "AGRNMD2X"
    assert [account.id for account in me.bank_accounts.with_number("iban md24ag000225100013104168")] == [euro.id]
    assert [account.number for account in me.bank_accounts.of(acme)] == [euro.number, "2224 7014"]
    assert len(me.parties.card(acme).bank_accounts) == 2
    with pytest.raises(crm.Invalid, match="check digits"):
        me.bank_accounts.add(party=acme, number="MD25 AG00 0225 1000 1310 4168")


def test_links_make_a_hierarchy_without_circles(me):
    holding, bank, branch = (me.parties.add(name=name) for name in ("Holding", "Bank", "Branch"))
    up = me.party_links.add(party=bank, other=holding, type="subsidiary_of", starts_on=date(2020, 1, 1))
    me.party_links.add(party=branch, other=bank, type="branch_of", note="since the merger")
    me.party_links.add(party=branch, other=holding, type="supplier_of")
    found = me.party_links.hierarchy(bank)
    assert [(level, party.name) for level, party in found.above] == [(1, "Holding")]
    assert [(level, party.name) for level, party in found.below] == [(1, "Branch")]
    assert not found.more
    assert not me.party_links.hierarchy(bank, date(2019, 12, 31)).above
    assert [link.type for link in me.party_links.of(branch)] == ["branch_of", "supplier_of"]
    assert len(list(me.party_links.of(bank, "branch_of"))) == 1
    with pytest.raises(crm.Invalid):
        me.party_links.add(party=holding, other=branch, type="member_of")
    assert me.party_links.end(up, date(2025, 12, 31)).ends_on == date(2025, 12, 31)
    assert not me.party_links.hierarchy(bank).above
