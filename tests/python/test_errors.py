"""The tree of exceptions."""
import pytest

import crm


@pytest.mark.parametrize("name, bases", [
    ("NotFound", (crm.Error, KeyError)), ("Invalid", (crm.Error, ValueError)), ("Conflict", (crm.Error,)),
    ("AlreadyImported", (crm.Conflict,)), ("Denied", (crm.Error, PermissionError)), ("Busy", (crm.Error, TimeoutError)),
    ("Interrupted", (crm.Error, TimeoutError)), ("ReadOnly", (crm.Error,)), ("LimitExceeded", (crm.Error, ValueError)),
    ("CannotOpen", (crm.Error,)), ("NotACrmFile", (crm.CannotOpen,)), ("NewerFile", (crm.CannotOpen,)),
    ("NetworkShare", (crm.CannotOpen,)), ("Corrupt", (crm.Error,)), ("IoError", (crm.Error, OSError)),
    ("Misuse", (crm.Error, RuntimeError)),
])
def test_every_error_is_ours_and_pythons(name, bases):
    error = getattr(crm, name)("what happened")
    assert isinstance(error, bases) and str(error) == "what happened" and type(error).__doc__
    assert type(error).__module__ == "crm"


def test_a_conflict_carries_the_record_as_it_is_now(me):
    party = me.parties.add(name="Acme")
    me.parties.change(party, party.version, name="Acme SRL")
    with pytest.raises(crm.Conflict) as caught:
        me.parties.change(party, party.version, name="Other")
    assert caught.value.record == party.id
    assert caught.value.current["name"] == "Acme SRL"


def test_a_taken_code_is_a_conflict(me):
    me.parties.add(name="Acme", code="A1")
    with pytest.raises(crm.Conflict):
        me.parties.add(name="Other", code="a1")


def test_what_is_not_there_is_not_found(me):
    party = me.parties.add(name="Acme")
    me.parties.remove(party)
    for use in (lambda: me.get(party), lambda: me.parties.get(party), lambda: me.contacts.get(party.id), lambda: me.parties.remove(party)):
        with pytest.raises(crm.NotFound):
            use()
    assert me.parties.find(party) is None and me.contacts.find(party.id) is None


def test_limits_are_stated(me):
    with pytest.raises(ValueError):
        me.page("party", limit=1001)
    with pytest.raises(ValueError):
        me.page("party", limit=0)
    deep = crm.field("name") == "x"
    for _ in range(40):
        deep = ~deep
    with pytest.raises(ValueError):
        me.count("party", deep)


@pytest.mark.parametrize("where", [{"field": "nope", "op": "eq", "value": 1}, {"field": "name", "op": "is like", "value": 1}, "{", "[]", 5,
                                   {"fild": "name"}])
def test_a_bad_filter_is_invalid(me, where):
    with pytest.raises(crm.Invalid):
        me.count("party", where)
    with pytest.raises(crm.Invalid):
        me.count("no such kind")
