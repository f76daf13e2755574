"""Duplicates in Python: found, dismissed, merged and taken apart again; and the same on the command line."""
import csv
import io
import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import crm

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def twice(me):
    """One human, written down twice."""
    first, _ = me.parties.add_person({"first_name": "Ion", "last_name": "Popa", "born_on": "1970-01-02"})
    again, _ = me.parties.add_person({"first_name": "Ioan", "last_name": "Popa", "born_on": "1970-01-02"})
    me.parties.add_point(again, type="email", value="popa@vin.md")
    return first, again


def test_PAR_14_pairs_have_a_score_and_reasons(me, twice):
    first, again = twice
    (pair,) = me.duplicates.of(first)
    assert (pair.record, pair.other) == (first.id, again.id)
    assert pair.score > 0.9
    assert {reason.what for reason in pair.reasons} == {"name", "born_on"}
    page = me.duplicates.find("party", min_score=0.9)
    assert [(found.record, found.other) for found in page.pairs] == [(first.id, again.id)]
    assert not page.incomplete and page.blocks_skipped == 0
    assert not me.duplicates.find("party", since=me.commands(limit=1)[0]).pairs
    with pytest.raises(crm.Invalid):
        me.duplicates.find("activity")


def test_PAR_14_a_draft_is_compared_with_what_is_to_belong_to_it(me):
    stored = me.contacts.add(first_name="Ion", last_name="Popa")
    me.contacts.add_point(stored, type="email", value="popa@vin.md")
    draft = crm.Contact(first_name="I.", last_name="Popa")
    (pair,) = me.duplicates.of(draft, [crm.Point(type="email", value="Popa@vin.md")])
    assert pair.record is None and pair.other == stored.id


def test_PAR_14_not_a_duplicate_is_remembered(me, twice):
    me.duplicates.dismiss(*twice)
    assert me.duplicates.of(twice[0]) == [] and not me.duplicates.find("party").pairs
    assert len(me.duplicates.of(twice[0], dismissed=True)) == 1
    me.duplicates.undismiss(*twice)
    assert len(me.duplicates.of(twice[0])) == 1


def test_PAR_14_merge_and_unmerge(me, twice):
    first, again = twice
    effects = me.duplicates.rehearse_merge(first, [again])
    assert again.id in effects.removed
    merged = me.duplicates.merge(first, [again], fields={"contact.first_name": again})
    assert merged.survivor == first.id and merged.moved >= 1
    assert me.parties.get(first).name == "Ioan Popa"
    assert me.duplicates.merged_into(again) == first.id
    me.duplicates.unmerge(merged)
    assert [me.parties.get(party).name for party in twice] == ["Ion Popa", "Ioan Popa"]
    assert me.duplicates.merged_into(again) is None
    with pytest.raises(crm.NotFound):
        me.duplicates.unmerge(again)
    with pytest.raises(crm.Invalid):
        me.duplicates.merge(first, [me.parties.add(name="Acme")])


def test_PAR_14_the_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "examples/merge.py"))
    assert "apart: Иван Петров and Ivan Petrov" in capsys.readouterr().out


def test_PAR_14_on_the_command_line(tmp_path):
    def run(*arguments):
        done = subprocess.run([sys.executable, "-m", "crm", "-f", tmp_path / "a.crm", "--as", "ana", *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("init", "--admin", "ana")
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        for code in ("A1", "A2"):
            me.parties.add(code=code, name="Acme SRL", tax_code="1003600012345")
    rows = list(csv.DictReader(io.StringIO(run("duplicates", "--csv"))))
    assert len(rows) == 1 and "tax_code" in rows[0]["reasons"]
    assert len(json.loads(run("duplicates", "A1", "--json"))) == 1
    assert "remove 1" in run("merge", "A1", "A2", "--dry-run")
    told = run("merge", "A1", "A2")
    assert "take it apart with: unmerge" in told
    assert run("duplicates") == ""
    assert "taken apart" in run("unmerge", told.split()[-1])
    assert len(json.loads(run("duplicates", "--json"))) == 1
