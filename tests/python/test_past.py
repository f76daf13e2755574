"""As of, the feed and restore, in Python and on the command line."""
from datetime import datetime, timedelta, timezone

import pytest

import crm
from crm.cli import main


@pytest.fixture
def me(tmp_path):
    with crm.create(tmp_path / "firm.crm", admin="ana", zone="Europe/Chisinau") as database:
        yield database.trusted_session("ana")


def last(me):
    return me.commands(limit=1)[0].id


def test_a_record_a_list_a_count_and_a_card_as_of_a_command(me):
    acme = me.parties.add(name="Acme", description="wine")
    me.notes.write(acme, "seen")
    then = me.as_of(last(me))
    me.parties.change(acme, None, name="Beta")
    me.parties.remove(acme)
    assert then.get(acme).name == "Acme"
    assert then.get(acme).description == "wine"
    assert then.get(acme).version == 0
    assert then.find(acme).id == acme.id
    assert [party.name for party in then.list("party", crm.field("name").starts_with("a"))] == ["Acme"]
    assert then.count("party").rows == 1
    card = then.card(acme)
    assert card.party.name == "Acme" and [note.text for note in card.notes] == ["seen"]
    now = me.as_of(datetime.now(timezone.utc) + timedelta(days=1))
    assert now.find(acme) is None and now.count("party").rows == 0
    with pytest.raises(crm.NotFound):
        now.get(acme)
    with pytest.raises(crm.NotFound):
        me.as_of(1_000_000)
    before = me.as_of(datetime(2000, 1, 1, tzinfo=timezone.utc))
    assert before.count("user").rows == 0
    assert then.moment == last(me) - 2
    assert then.at.tzinfo is not None


def test_a_mirror_follows_the_feed(me):
    position = me.feed.now()
    acme = me.parties.add(name="Acme")
    me.parties.change(acme, None, name="Beta")
    page = me.feed.read(position, fields=True)
    assert [(entry.record, entry.what) for entry in page.entries] == [(acme.id, "created"), (acme.id, "changed")]
    assert page.entries[1].fields == ["name"]
    assert page.entries[1].command == last(me)
    assert page.at_end and page.position == me.feed.now()
    assert me.feed.read(page.position).entries == []
    assert me.feed.read(position, limit=1).at_end is False
    assert me.feed.read(position, kinds=["contact"]).entries == []
    with pytest.raises(crm.Invalid):
        me.feed.read("nonsense")
    with pytest.raises(crm.Resync):
        me.feed.read("77.1")


def test_the_feed_begins_at_the_first_command_whatever_rights_were_given_until_then(tmp_path):
    with crm.create(tmp_path / "firm.crm", admin="ana") as database:
        me = database.trusted_session("ana")
        ion = me.users.add(login="ion", name="Ion", unit=me.unit)
        me.rights.grant(ion, "*", "read", "all")
        acme, beta = me.parties.add(name="Acme"), me.parties.add(name="Beta")
        his = database.trusted_session("ion")
        first = his.feed.read(limit=1)
        assert len(first) == 1 and not first.at_end
        second = his.feed.read(first.position, limit=10_000)
        assert second.at_end and second.position == his.feed.now()
        assert [entry.record for entry in second if entry.record.kind == "party"] == [acme.id, beta.id]
        assert [entry.record for entry in his.feed.read(kinds=["party"], limit=1)] == [acme.id]
        me.rights.revoke(ion, "*", "read", "all")
        me.rights.grant(ion, "party", "read", "own")
        with pytest.raises(crm.Resync):
            his.feed.read(first.position, limit=10_000)


def test_a_backup_is_restored_into_the_open_file(tmp_path):
    with crm.create(tmp_path / "firm.crm", admin="ana") as database:
        me = database.trusted_session("ana")
        acme = me.parties.add(name="Acme")
        database.backup(tmp_path / "backup.crm")
        position = me.feed.now()
        beta = me.parties.add(name="Beta")
        database.restore(tmp_path / "backup.crm")
        assert me.get(acme).name == "Acme"
        with pytest.raises(crm.NotFound):
            me.get(beta)
        with pytest.raises(crm.Resync):
            me.feed.read(position)
        assert me.parties.add(name="Codru").id != beta.id
        with pytest.raises(crm.Misuse):
            database.restore(database.path)
        with pytest.raises(crm.NotFound):
            database.restore(tmp_path / "nothing.crm")


def test_the_command_line_shows_the_past_and_the_feed_and_restores(tmp_path, capsys):
    path, backup = str(tmp_path / "firm.crm"), tmp_path / "backup.crm"
    with crm.create(path, admin="ana", zone="Europe/Chisinau") as database:
        me = database.trusted_session("ana")
        acme = me.parties.add(name="Acme", code="A1")
        made = last(me)
        database.backup(backup)
        me.parties.change(acme, None, name="Beta")

    def run(*arguments, code=0):
        assert main(["-f", path, "--as", "ana", *arguments]) == code
        return capsys.readouterr().out

    assert "Acme" in run("list", "party", "--as-of", str(made))
    assert "Beta" in run("list", "party", "--as-of", "2100-01-01")
    assert "Acme" in run("show", "a1", "--as-of", str(made))
    assert "Beta" in run("show", "a1")
    run("list", "party", "--as-of", "whenever", code=8)
    assert f"created   party {acme.id}" in run("feed", "--kind", "party")
    assert run("feed", "--limit", "1").endswith("(more)\n")
    assert '"at_end": true' in run("feed", "--json", "--limit", "10000")
    now = run("feed", "--now").strip()
    assert run("feed", now) == f"position {now}\n"
    assert "restored" in run("restore", str(backup))
    assert "Acme" in run("show", "a1")
    run("feed", now, code=10)
