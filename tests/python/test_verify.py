"""verify() and repair() in Python and on the command line."""
import json
import subprocess
import sys

import pytest

import crm


@pytest.fixture
def damaged(db, me, path):
    """A party whose sorting key was changed behind the library's back."""
    acme = me.parties.add(name="Acme")
    damage = "import sqlite3, sys; raw = sqlite3.connect(sys.argv[1]); raw.execute(sys.argv[2]); raw.commit()"
    sql = f"UPDATE party SET name_key = 'zzz' WHERE id = {int(acme.id)}"
    subprocess.run([sys.executable, "-c", damage, str(path), sql], check=True)  # its SQLite may be another copy
    return acme


def run(path, *arguments):
    line = [sys.executable, "-m", "crm", "-f", str(path), "--as", "ana", "verify", *arguments]
    return subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120)


def test_HIS_08_a_sound_file_has_no_defect(me):
    me.parties.add(name="Acme")
    seen = []
    found = me.verify(progress=lambda check, of: seen.append((check, of)))
    assert found and found.defects == [] and not found.incomplete
    assert ("search", "party") in seen
    assert set(found.checks) == {check for check, _ in seen}


def test_HIS_08_a_defect_is_told_and_repaired(me, damaged):
    found = me.verify(search=False, structure=False)
    assert not found
    (defect,) = found.defects
    assert (defect.check, defect.record, defect.field, defect.repairable) == ("derived", damaged.id, "name_key", True)
    assert "search" not in found.checks
    assert me.repair(found).verb == "verify.repair"
    assert me.verify()


def test_HIS_08_only_administrators_look(db, me):
    me.users.add(login="vera", unit=me.unit)
    with pytest.raises(crm.Denied):
        db.trusted_session("vera").verify()


def test_HIS_08_the_command_line_says_by_its_exit_code_whether_there_are_defects(db, me, damaged, path):
    db.close()
    done = run(path, "--json")
    assert done.returncode == 1, done.stderr
    (defect,) = json.loads(done.stdout)["defects"]
    assert (defect["field"], defect["record"]) == ("name_key", str(damaged.id))
    assert "derived" in run(path).stdout
    repaired = run(path, "--repair")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert run(path).stdout.startswith("no defect in ")
