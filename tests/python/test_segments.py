"""Saved filters and segments."""
import subprocess
import sys

import pytest

import crm

LOCAL = crm.field("country") == "MD"


@pytest.fixture
def ion(me, db):
    user = me.users.add(login="ion", unit=me.unit)
    for action in ("read", "change", "create"):
        me.rights.grant(user, "party", action, "all")
    return db.trusted_session("ion")


@pytest.fixture
def acme(me):
    return me.parties.add(name="Acme", country="MD")


@pytest.fixture
def zoo(me):
    return me.parties.add(name="Zoo", country="RO")


def names(records):
    return [record.name for record in records]


def test_a_saved_filter_is_used_by_name_or_as_itself(me, acme, zoo, tmp_path):
    saved = me.saved_filters.save("party", "My clients", LOCAL)
    assert (saved.name, saved.kind, saved.is_shared) == ("My clients", "party", False)
    for which in ("my clients", saved, saved.id):
        assert names(me.parties.list(saved=which)) == ["Acme"]
        assert names(me.find("party", saved=which)) == ["Acme"]
        assert names(me.parties.page(saved=which)) == ["Acme"]
        assert names(me.page("party", saved=which)) == ["Acme"]
        assert me.parties.count(saved=which) == me.count("party", saved=which) == 1
        assert me.parties.count(crm.field("name") == "Zoo", saved=which) == 0
        assert me.parties.count(~crm.saved(which)) == 1
    report = me.export("party", to=tmp_path / "out.csv", columns=["name"], saved="My clients")
    assert report.rows == 1
    assert me.as_of(me.commands(limit=1)[0].id).count("party", saved="My clients") == 1
    assert me.saved_filters.save("party", "MY CLIENTS", ~LOCAL).id == saved.id
    assert names(me.parties.list(saved="My clients")) == ["Zoo"]
    assert me.saved_filters.named("party", "my clients").id == saved.id
    with pytest.raises(crm.Invalid, match="no saved filter"):
        me.parties.count(saved="Others")
    with pytest.raises(crm.Invalid, match="plumage"):
        me.saved_filters.save("party", "Birds", crm.field("plumage") == "red")
    with pytest.raises(crm.Invalid, match="stands on no saved filter"):
        me.saved_filters.save("party", "Nested", crm.saved("My clients"))


def test_private_filters_are_nobody_elses(me, ion, acme):
    me.saved_filters.save("party", "Mine", LOCAL)
    shared = me.saved_filters.save("party", "Ours", LOCAL, shared=True)
    assert names(ion.saved_filters.list()) == ["Ours"]
    assert ion.parties.count(saved="Ours") == 1
    with pytest.raises(crm.Invalid):
        ion.parties.count(saved="Mine")
    with pytest.raises(crm.Denied):
        ion.saved_filters.change(shared, None, name="Theirs")


def test_segments_by_hand_and_by_condition(me, ion, acme, zoo):
    vip = me.segments.make("party", "VIP")
    assert me.segments.add_members(vip, [acme, zoo.id]) == 2
    assert me.segments.add_members(vip, LOCAL) == 0
    assert names(me.segments.members(vip, order="-name")) == ["Zoo", "Acme"]
    assert names(me.segments.members(vip, LOCAL)) == ["Acme"]
    assert me.segments.remove_members(vip, LOCAL) == 1
    assert me.segments.remove_members(vip, [acme]) == 0
    assert me.segments.count_members(vip) == 1
    assert names(me.segments.of(zoo)) == ["VIP"]
    me.segments.make("party", "Local", LOCAL, shared=True)
    assert names(me.parties.list(where=crm.field("segment").is_in(["VIP", "Local"]))) == ["Acme", "Zoo"]
    assert names(ion.parties.list(where=crm.field("segment") == "local")) == ["Acme"]
    assert me.segments.named("party", "local").condition
    with pytest.raises(crm.NotFound):
        ion.segments.named("party", "VIP")
    with pytest.raises(crm.Invalid, match="dynamic"):
        me.segments.add_members(me.segments.named("party", "Local"), [zoo])


def test_the_command_line_takes_saved_filters(me, path, acme, zoo):
    me.saved_filters.save("party", "My clients", LOCAL)
    line = [sys.executable, "-m", "crm", "-f", str(path), "--as", "ana"]
    done = subprocess.run([*line, "list", "party", "--saved", "my clients"], capture_output=True, text=True, timeout=120)
    assert "Acme" in done.stdout and "Zoo" not in done.stdout, done.stderr
    done = subprocess.run([*line, "export", "party", "--columns", "name", "--saved", "My clients", "--filter", "name^Z"],
                          capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["name"], done.stderr
