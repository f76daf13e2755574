"""Rights in Python: granted, shared, hidden, explained, audited; and the same on the command line."""
import subprocess
import sys

import pytest

import crm


@pytest.fixture
def vera(db, me):
    """A user without any right."""
    me.users.add(login="vera", unit=me.unit)
    return db.trusted_session("vera")


def names(session):
    return [party.name for party in session.parties.list()]


def test_RIG_02_rights_of_users_groups_and_positions_hold_at_the_next_call(me, vera):
    me.parties.add(name="Acme")
    assert names(vera) == []
    me.rights.grant(vera.user, "party", "read", "all")
    assert names(vera) == ["Acme"]
    me.rights.revoke(vera.user, "party", "read", "all")
    clerk = me.positions.add(name="Clerk")
    me.rights.grant(clerk, "party", "read", "all")
    assert names(vera) == []
    me.users.change(vera.user, None, position=clerk)
    assert names(vera) == ["Acme"]


def test_RIG_02_predefined_sets_are_groups(me, vera):
    group = me.rights.add_set("read_only", "Auditors")
    me.records("user_group_member").add(group=group, user=vera.user)
    me.parties.add(name="Acme")
    assert names(vera) == ["Acme"]
    with pytest.raises(crm.NotFound):
        me.rights.add_set("king")
    with pytest.raises(crm.Denied):
        vera.rights.add_set("administrator", "Mine")


def test_RIG_03_shares_end_with_their_day(me, vera, clock):
    acme = me.parties.add(name="Acme")
    me.rights.grant(vera.user, "*", "read", "shared")
    me.rights.share(acme, vera.user, ends_on="2026-03-03")
    assert names(vera) == ["Acme"]
    clock.advance(days=2)
    assert names(vera) == []
    share = me.rights.share(acme, vera.user, "change")
    assert share.ends_on is None and names(vera) == ["Acme"]
    me.rights.unshare(acme, vera.user)
    assert names(vera) == []


def test_RIG_04_hidden_fields_read_as_none_and_locked_ones_stay(me, vera):
    for action in ("read", "create", "change"):
        me.rights.grant(vera.user, "*", action, "all")
    acme = me.parties.add(name="Acme", tax_code="1003600", register_number="7")
    me.rights.hide(vera.user, "party", "tax_code")
    me.rights.lock(vera.user, "party", "register_number")
    seen = vera.parties.get(acme)
    assert seen.tax_code is None and "tax_code" in seen.hidden and seen.register_number == "7"
    seen.name = "Acme 2"
    vera.parties.update(seen)
    assert me.parties.get(acme).tax_code == "1003600"
    for change in ({"tax_code": "1"}, {"register_number": "8"}):
        with pytest.raises(crm.Denied):
            vera.parties.change(acme, None, **change)
    with pytest.raises(crm.Denied, match="hidden"):
        vera.count("party", {"field": "tax_code", "op": "is_null"})
    me.rights.unlock(vera.user, "party", "tax_code")
    assert vera.parties.get(acme).tax_code == "1003600"


def test_RIG_06_functions_are_asked_for(me, vera):
    assert me.rights.may("run_imports") and not vera.rights.may("run_imports")
    with pytest.raises(crm.Denied, match="run_imports"):
        vera.import_rows("party", [{"name": "Acme"}])
    with pytest.raises(crm.Invalid):
        vera.rights.may("fly")


def test_RIG_09_explanations_and_audits_are_typed_and_legible(me, vera):
    acme = me.parties.add(name="Acme", owner=vera.user)
    me.rights.grant(vera.user, "party", "read", "own")
    me.rights.hide(vera.user, "party", "tax_code")
    why = me.rights.explain(vera.user, acme)
    verdicts = {verdict.action: verdict.allowed for verdict in why.verdicts}
    assert verdicts == {"read": True, "change": False, "delete": False, "export": False, "assign": False}
    assert [grant.scope for grant in why.verdicts[0].grants if grant.applies] == ["own"]
    assert why.fields == {"tax_code": "hidden"} and why.decides == acme.id and why.is_active
    assert str(why).startswith("read: yes, by own")
    assert me.rights.audit() == []
    empty = me.user_groups.add(name="Nobody")
    me.rights.grant(empty, "party", "read", "all")
    finding, = me.rights.audit()
    assert finding.what == "group_without_members" and finding.subject == empty.id and "Nobody" in finding.text


def test_RIG_02_the_command_line_grants_shares_explains_and_audits(db, me, vera, path):
    acme = me.parties.add(name="Acme", code="A1")
    db.close()

    def run(*line, user="ana", code=0):
        done = subprocess.run([sys.executable, "-m", "crm", "-f", str(path), "--as", user, *line],
                              capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "no right to it is held" in run("rights", "explain", "vera", "A1")
    run("rights", "grant", "vera", "party", "read", "shared")
    run("rights", "share", "A1", "vera", "--until", "2100-01-01")
    assert "Acme" in run("list", "party", user="vera")
    assert "read: yes, by shared" in run("rights", "explain", "vera", str(int(acme.id)))
    run("rights", "unshare", "A1", "vera")
    assert "Acme" not in run("list", "party", user="vera")
    run("rights", "add-set", "read_only", "--group", "Auditors")
    assert "group Auditors: there is none" not in run("rights", "hide", "group:Auditors", "party", "tax_code")
    assert "Auditors" in run("rights", "audit")
    run("rights", "audit", user="vera", code=6)
    run("rights", "grant", "nobody", "party", "read", "all", code=3)
    run("rights", "grant", "group:Nobody", "party", "read", "all", code=3)
    run("rights", "revoke", "vera", "party", "read", "shared")
    run("rights", "grant", "vera", "party", "read", "everything", code=8)
