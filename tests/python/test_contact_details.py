"""Memorable dates, family and consent of contacts."""
from datetime import date, timedelta

import pytest

import crm

from conftest import MONDAY


def test_what_is_coming_up_crosses_the_year(me):
    popa = me.contacts.add(last_name="Popa", born_on=date(1980, 12, 30))
    me.memorable_dates.add(record=popa, type="wedding", month=1, day=2, label="in Soroca")
    me.kinships.add(contact=popa, relation="child", name="Vlad", born_on=date(2015, 12, 31))
    page = me.memorable_dates.upcoming(date(2026, 12, 29), 10)
    assert [(each.on, each.type, each.label, each.relation, each.years) for each in page.rows] == [
        (date(2026, 12, 30), "birthday", None, None, 46),
        (date(2026, 12, 31), "kin_birthday", "Vlad", "child", 11),
        (date(2027, 1, 2), "wedding", "in Soroca", None, None)]
    assert page.next == "" and {each.record for each in page.rows} == {popa.id}
    first = me.memorable_dates.upcoming(date(2026, 12, 29), 10, limit=2)
    rest = me.memorable_dates.upcoming(date(2026, 12, 29), 10, limit=2, after=first.next)
    assert [each.source for each in first.rows + rest.rows] == [each.source for each in page.rows]
    assert [each.month_day for each in me.memorable_dates.of(popa)] == ["01-02"]
    with pytest.raises(crm.Invalid):
        me.memorable_dates.upcoming(date(2026, 12, 29), 0)


def test_family_is_seen_from_both_sides(me):
    popa, ana = (me.contacts.add(last_name=name) for name in ("Popa", "Ana"))
    wife = me.kinships.add(contact=popa, relation="spouse", kin=ana)
    assert [each.id for each in me.kinships.of(ana)] == [wife.id] == [each.id for each in me.kinships.of(popa)]
    with pytest.raises(crm.Invalid):
        me.kinships.add(contact=popa, relation="child")


def test_an_opt_out_wins(me):
    popa = me.contacts.add(last_name="Popa")
    say = lambda channel, state, days: me.consents.add(record=popa, channel=channel, state=state, source="fair",
                                                       stated_at=MONDAY - timedelta(days=days))
    assert not me.consents.may_contact(popa, "email")
    say("email", "given", 3)
    assert me.consents.may_contact(popa, "email")
    out = say("any", "withdrawn", 2)
    say("email", "given", 1)
    assert not me.consents.may_contact(popa, "email")
    summary = me.consents.summary(popa)
    assert [each.channel for each in summary] == ["email", "phone", "text_message", "post", "fax"]
    assert summary[0].statement.id == out.id and not summary[0].may_contact
    assert len(me.consents.of(popa)) == 3
    with pytest.raises(crm.Invalid):
        me.consents.may_contact(popa, "pigeon")
