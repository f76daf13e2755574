"""PRP-01, PRP-02: custom properties in Python and on the command line."""
import datetime as dt
from decimal import Decimal

import crm
import pytest
from crm.cli import main


@pytest.fixture
def rated(me):
    define = me.properties.define
    define("party", "x_rating", "integer", label="Rating", default=3)
    define("party", "x_size", "choice", choices={"small": "Small", "large": {"en": "Large", "ro": "Mare"}})
    define("party", "x_budget", "money")
    define("party", "x_seen", "time")
    define("party", "x_since", "date")
    define("party", "x_vip", "flag")
    define("party", "x_mentor", "reference", target="contact")
    return me


def test_prp01_properties_are_attributes_of_records(rated):
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.timezone.utc)
    mentor = rated.contacts.add(last_name="Mentor")
    party = rated.parties.add(name="Acme", x_rating=5, x_size="large", x_budget="12.50", x_seen=noon, x_since=dt.date(2020, 2, 29),
                              x_vip=True, x_mentor=mentor)
    read = rated.parties.get(party)
    assert (read.x_rating, read.x_size, read.x_budget, read.x_budget_currency) == (5, "large", Decimal("12.50"), "MDL")
    assert (read.x_seen, read.x_since, read.x_vip, read.x_mentor) == (noon, dt.date(2020, 2, 29), True, mentor.id)
    assert read.to_dict()["x_rating"] == 5
    assert read.to_json()["x_budget_minor"] == "12.50"
    assert read == party
    assert "x_rating=5" in repr(read)


def test_prp01_attributes_are_set_and_written_back(rated):
    party = rated.parties.add(crm.Party(name="Acme", x_vip=False))
    assert party.x_rating == 3
    assert party.x_vip is False
    party.x_rating = 7
    party.x_vip = None
    party = rated.parties.update(party)
    assert (party.x_rating, party.x_vip, party.version) == (7, None, 2)
    party = rated.parties.change(party, party.version, x_rating=8, x_budget=Decimal("1.5"), x_budget_currency="EUR")
    assert (party.x_rating, party.x_budget, party.x_budget_currency) == (8, Decimal("1.50"), "EUR")
    changes = {change.field: (change.before, change.after) for change in rated.history(party)[-1].fields}
    assert changes["x_rating"] == (7, 8)


def test_prp01_unknown_names_and_wrong_values_are_refused(rated):
    party = rated.parties.add(name="Acme")
    with pytest.raises(AttributeError):
        party.x_unknown
    with pytest.raises(AttributeError):
        party.unknown
    with pytest.raises(AttributeError):
        party.unknown = 1
    with pytest.raises(crm.Invalid, match="x_unknown"):
        rated.parties.add(name="B", x_unknown=1)
    with pytest.raises(crm.Invalid):
        party.x_rating = "five"
    with pytest.raises(crm.Invalid, match="x_size"):
        rated.parties.change(party, None, x_size="huge")


def test_prp02_filters_and_orders(rated):
    for name, rating in (("A", 1), ("B", 2), ("C", 4)):
        rated.parties.add(name=name, x_rating=rating)
    found = rated.find("party", where=crm.field("x_rating") >= 2, order="-x_rating")
    assert [party.name for party in found] == ["C", "B"]


def test_prp01_definitions_are_read_and_changed(rated):
    made = rated.properties.named("party", "x_rating")
    assert (made.type, made.default_value, rated.properties.label("party", "x_rating")) == ("integer", "3", "Rating")
    rated.properties.set_label("party", "x_rating", rated.language, "Score")
    assert rated.properties.label("party", "x_rating") == "Score"
    rated.properties.retire("party", "x_rating")
    assert "x_rating" not in [each.name for each in rated.properties.of_kind("party")]
    rated.properties.reactivate("party", "x_rating")
    rated.properties.set_required("party", "x_size", True)
    with pytest.raises(crm.Invalid, match="x_size"):
        rated.parties.add(name="A")
    rated.properties.set_required("party", "x_size", False)
    for name in "AB":
        rated.parties.add(name=name)
    with pytest.raises(crm.Conflict):
        rated.properties.set_unique("party", "x_rating", True)
    with pytest.raises(crm.Invalid):
        rated.properties.define("party", "rating", "integer")


def test_prp02_the_command_line_adds_lists_and_retires(path, capsys):
    run = lambda *words: main(["-f", str(path), "--as", "ana", *words])
    assert run("init", "--admin", "ana") == 0
    assert run("property", "add", "party", "x_size", "choice", "--choice", "small=Small", "--label", "Size") == 0
    assert run("property", "add", "party", "x_rating", "integer", "--default", "3", "--required") == 0
    assert run("property", "add", "party", "x_bad", "integer", "--default", "three") == 8
    assert run("property", "retire", "party", "x_size") == 0
    capsys.readouterr()
    assert run("property", "list", "party", "--retired") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["x_size  choice  Size  of party_x_size, retired", "x_rating  integer  rating  required, default 3"]
