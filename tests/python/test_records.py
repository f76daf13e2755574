"""Records and values at the border."""
import copy
import json
import os
import subprocess
import sys
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

import crm

from conftest import MONDAY


def kinds():
    return [value for value in vars(crm).values() if isinstance(value, type) and issubclass(value, crm.Record) and value is not crm.Record]


def test_every_kind_is_a_class_with_documented_attributes():
    assert {"Party", "Contact", "Membership", "Activity", "Note", "Point", "Address", "User", "Unit"} <= {kind.__name__ for kind in kinds()}
    for kind in kinds():
        attributes = {name: member for name, member in vars(kind).items() if isinstance(member, property)}
        assert attributes and all(member.__doc__ for member in attributes.values())
        assert kind.__doc__ and kind.__module__ == "crm"
        record = kind()
        assert record.id is None and record.version == 0 and record.hidden == frozenset()
        assert record == kind() and record.copy() == record and copy.deepcopy(record) == record
        assert repr(record).startswith(kind.__name__ + "(")


def test_fields_by_name_at_birth_and_after():
    party = crm.Party(name="Acme", type="customer", employees=12)
    assert (party.name, party.type, party.employees, party.tax_code) == ("Acme", "customer", 12, None)
    party.tax_code = "1001"
    party.type = None
    assert (party.tax_code, party.type) == ("1001", None)
    assert party == crm.Party(name="Acme", employees=12, tax_code="1001") != crm.Party(name="Acme")
    assert party != "Acme"
    other = party.copy()
    other.name = "Other"
    assert party.name == "Acme"
    with pytest.raises(TypeError):
        hash(party)


def test_an_unknown_field_names_those_there_are():
    with pytest.raises(crm.Invalid, match="nmae.*name") as caught:
        crm.Party(nmae="Acme")
    assert (caught.value.kind, caught.value.field) == ("party", "nmae")
    with pytest.raises(AttributeError):
        crm.Party().nmae = "Acme"


@pytest.mark.parametrize("field, value", [
    ("name", 5), ("employees", "5"), ("employees", 1.5), ("employees", True), ("employees", 2**63), ("annual_revenue", 1.5),
    ("annual_revenue", True), ("nature", "tree"), ("name", "\ud800"),
])
def test_a_value_of_another_type_is_refused(field, value):
    with pytest.raises(crm.Invalid) as caught:
        crm.Party(**{field: value})
    assert caught.value.field == field and caught.value.reason


def test_derived_fields_are_read_only():
    with pytest.raises(AttributeError):
        crm.Party().name_key = "x"
    with pytest.raises(crm.Invalid):
        crm.Party(name_key="x")


def test_references_are_ints_that_know_their_kind(me):
    party = me.parties.add(name="Acme")
    ref = party.id
    assert isinstance(ref, int) and ref.kind == "party" and str(ref) == f"{ref}" == str(int(ref))
    assert {ref: 1}[int(ref)] == 1 and repr(ref) == f"<Ref party {int(ref)}>"
    assert json.loads(json.dumps([ref])) == [int(ref)]
    for same in (party, ref, int(ref)):
        activity = me.activities.plan(subject="Call", kind="call", party=same, start_at=MONDAY)
        assert activity.party == ref and activity.party.kind == "party"
    with pytest.raises(crm.Invalid):
        me.parties.get("P1")
    with pytest.raises(crm.Invalid):
        me.activities.plan(subject="Call", kind="call", party=crm.Party(name="never added"), start_at=MONDAY)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="zone"):
        crm.Activity(start_at=datetime(2026, 3, 2, 9, 0))
    with pytest.raises(ValueError):
        crm.Activity(start_at=date(2026, 3, 2))
    with pytest.raises(ValueError):
        crm.Contact(born_on=MONDAY)


@pytest.mark.parametrize("moment", [
    MONDAY, datetime(1, 1, 1, tzinfo=timezone.utc), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc), datetime(2026, 3, 29, 3, 30, 0, 1, tzinfo=ZoneInfo("Europe/Chisinau")),
    datetime(2026, 10, 25, 3, 30, tzinfo=ZoneInfo("Europe/Chisinau")), datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Chisinau")),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-9, minutes=-30, microseconds=-7))),
])
def test_instants_are_exact_and_come_back_in_UTC(moment):
    back = crm.Activity(start_at=moment).start_at
    assert back == moment.astimezone(timezone.utc) and back.tzinfo is timezone.utc
    assert back - datetime(1970, 1, 1, tzinfo=timezone.utc) == moment - datetime(1970, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("zone", ["Europe/Chisinau", "America/St_Johns", "Asia/Kathmandu", "UTC"])
def test_instants_do_not_depend_on_the_process_zone(zone):
    code = ("import crm; from datetime import *; t = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone.utc);"
            "print(crm.Activity(start_at=t).start_at.isoformat())")
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2026-07-01T12:00:00.123456+00:00"


def test_dates_are_dates(me):
    contact = me.contacts.add(last_name="Rusu", born_on=date(1980, 2, 29))
    assert contact.born_on == date(1980, 2, 29) and type(contact.born_on) is date
    assert crm.Contact(born_on="1980-02-29").born_on == date(1980, 2, 29)
    with pytest.raises(crm.Invalid):
        crm.Contact(born_on="2026-02-31")
    with pytest.raises(crm.Invalid):
        crm.Activity(start_at="2026-03-02T09:00:00")
    assert crm.Activity(start_at="2026-03-02T11:00:00+02:00").start_at == MONDAY


def test_money_is_decimal_in_its_currency(me):
    party = me.parties.add(name="Acme", annual_revenue=Decimal("1234567.89"), annual_revenue_currency="USD")
    assert (party.annual_revenue, party.annual_revenue_currency) == (Decimal("1234567.89"), "USD")
    assert isinstance(party.annual_revenue, Decimal)
    yen = me.parties.add(name="Yen", annual_revenue_currency="JPY", annual_revenue=1000)
    assert (str(yen.annual_revenue), yen.annual_revenue_currency) == ("1000", "JPY")
    dinar = me.parties.add(name="Dinar", annual_revenue=Decimal("1E+3"), annual_revenue_currency="kwd")
    assert (str(dinar.annual_revenue), dinar.annual_revenue_currency) == ("1000.000", "KWD")


def test_an_amount_without_currency_is_in_the_files(me):
    party = crm.Party(name="Acme", annual_revenue=Decimal("10.5"))
    assert (party.annual_revenue, party.annual_revenue_currency) == (Decimal("10.5"), None)
    stored = me.parties.add(party)
    assert (stored.annual_revenue, stored.annual_revenue_currency) == (Decimal("10.50"), "MDL")
    assert me.parties.get(stored) == stored


def test_changing_an_amount_keeps_the_records_currency(me):
    party = me.parties.add(name="Acme", annual_revenue=5, annual_revenue_currency="USD")
    party = me.parties.change(party, party.version, annual_revenue=Decimal("7.25"))
    assert (party.annual_revenue, party.annual_revenue_currency) == (Decimal("7.25"), "USD")
    party = me.parties.change(party, party.version, annual_revenue_currency="JPY")
    assert (party.annual_revenue, party.annual_revenue_currency) == (Decimal("7"), "JPY")
    party = me.parties.change(party, party.version, annual_revenue=None)
    assert (party.annual_revenue, party.annual_revenue_currency) == (None, None)
    party.annual_revenue = 3
    assert me.parties.update(party).annual_revenue_currency == "MDL"


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), "12,5", "1 000", "x", Decimal(10) ** 30, 10**30])
def test_bad_amounts_are_refused(me, amount):
    with pytest.raises(ValueError):
        me.parties.add(name="Acme", annual_revenue=amount)
    assert me.parties.count() == 0


def test_a_currency_without_an_amount_is_refused():
    with pytest.raises(crm.Invalid, match="amount"):
        crm.Party(name="Acme", annual_revenue_currency="EUR")


def test_to_dict_and_to_json(me):
    party = me.parties.add(name="Acme", employees=3)
    fields = party.to_dict()
    assert fields["id"] == party.id and fields["name"] == "Acme" and fields["employees"] == 3 and fields["tax_code"] is None
    assert fields["owner"] == me.user and "hidden" not in fields
    assert json.loads(json.dumps(party.to_json()))["id"] == str(party.id)


def test_round_trip_of_awkward_texts(me):
    for text in ["Ștefan cel Mare", "Ёлка", "a\nb\tc", "😀" * 50, "O'Brien \"x\" ; DROP TABLE party"]:
        assert me.parties.get(me.parties.add(name=text)).name == text
    assert me.parties.add(name="  e\u0301tage ").name == "étage"
    with pytest.raises(crm.Invalid):
        me.parties.add(name="a\0b")
    with pytest.raises(crm.Invalid):
        me.parties.add(name="x" * 2_001)


def test_making_a_hundred_thousand_values_leaks_nothing():
    import tracemalloc

    tracemalloc.start()
    for _ in range(2):
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20_000):
            record = crm.Activity(subject="Call", start_at=MONDAY)
            record.start_at, record.subject, record.party  # noqa: B018
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 200_000
