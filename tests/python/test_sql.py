"""SQL of the user's own, in Python and on the command line."""
import csv
import io
import json
import subprocess
import sys
from datetime import date, datetime, timezone

import pytest

import crm


@pytest.fixture
def firm(db, me):
    me.parties.add(name="Șoimul Alb", employees=5)
    me.parties.add(name="Acme", employees=7)
    sales = me.units.add(name="Sales", parent=me.unit)
    me.users.add(login="ion", name="Ion", unit=sales)
    return me


def test_RIG_05_sql_gives_tuples_and_names_of_columns(firm):
    result = firm.sql("SELECT name, employees AS staff FROM party ORDER BY name_key")
    assert result.columns == ("name", "staff")
    assert result.rows == [("Acme", 7), ("Șoimul Alb", 5)]
    assert list(result) == result.rows and len(result) == 2 and result[0] == ("Acme", 7) and result[-1:] == result.rows[1:]
    assert result.more is False
    assert firm.sql("SELECT id FROM party", limit=1).more is True


def test_RIG_05_sql_takes_parameters_by_place_and_by_name(firm):
    assert firm.sql("SELECT name FROM party WHERE employees > ?", [6]).rows == [("Acme",)]
    assert firm.sql("SELECT name FROM party WHERE name = :name", {"name": "Acme"}).rows == [("Acme",)]
    acme = firm.parties.add(name="Third")
    at = datetime(2026, 3, 2, tzinfo=timezone.utc)
    given = (None, True, 2**40, 1.5, "ș\0x", b"\0\xff", at, date(2026, 3, 2), acme)
    assert firm.sql("SELECT " + ", ".join("?" * len(given)), given).rows == [
        (None, 1, 2**40, 1.5, "ș\0x", b"\0\xff", int(at.timestamp()) * 1_000_000, "2026-03-02", int(acme.id))]


@pytest.mark.parametrize("parameters", ["a", b"a", 5, {1, 2}, [object()], [2**64], {"x": 1}, {1: 1}, [1, 2], [], ["\ud800"]])
def test_RIG_05_sql_refuses_wrong_parameters(firm, parameters):
    with pytest.raises(crm.Invalid):
        firm.sql("SELECT ?", parameters)


def test_RIG_05_sql_sees_what_the_session_sees(db, firm):
    ion = db.trusted_session("ion")
    assert ion.sql("SELECT count(*) FROM party").rows == [(0,)]
    firm.rights.grant(ion.user, "party", "read", "all")
    assert ion.sql("SELECT count(*) FROM party").rows == [(2,)]


@pytest.mark.parametrize("text, error", [
    ("SELECT * FROM credential", crm.Denied), ("PRAGMA user_version", crm.Denied), ("DELETE FROM party", crm.Denied),
    ("SELECT load_extension('x')", crm.Denied), ("SELEC", crm.Invalid), ("SELECT 1; SELECT 2", crm.Invalid),
    ("SELECT abs(-9223372036854775807 - 1)", crm.Invalid), ("SELECT zeroblob(100000000)", crm.LimitExceeded),
    ("SELECT '\0'", crm.Invalid), ("SELECT " + "1," * 100_000 + "1", crm.LimitExceeded)])
def test_RIG_08_sql_only_reads(firm, text, error):
    with pytest.raises(error):
        firm.sql(text)
    assert firm.sql("SELECT 1").rows == [(1,)]


def test_RIG_08_sql_says_what_is_wrong_without_telling_where_the_file_is(firm, path):
    with pytest.raises(crm.Invalid, match="no such column: nmae") as error:
        firm.sql("SELECT nmae FROM party")
    assert str(path) not in str(error.value)


def test_RIG_05_text_that_is_no_utf8_is_shown_with_replacement_signs(firm):
    assert firm.sql("SELECT CAST(x'61ff' AS TEXT)").rows == [("a\ufffd",)]


@pytest.fixture
def query(db, firm, path):
    db.close()

    def query(*arguments, code=0, user="ana"):
        line = [sys.executable, "-m", "crm", "-f", str(path), "--as", user, "query", *arguments]
        done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return query


SELECT = "SELECT name, employees FROM party ORDER BY name_key"


def test_RIG_05_query_prints_a_table(query):
    assert query(SELECT).stdout.splitlines() == ["name        employees", "----------  ---------", "Acme        7", "Șoimul Alb  5"]


def test_RIG_05_query_prints_json_and_csv_and_says_that_there_are_more_rows(query):
    assert json.loads(query(SELECT, "--json").stdout) == {
        "columns": ["name", "employees"], "rows": [["Acme", 7], ["Șoimul Alb", 5]], "more": False}
    short = query(SELECT, "--csv", "--limit", "1")
    assert list(csv.reader(io.StringIO(short.stdout))) == [["name", "employees"], ["Acme", "7"]]
    assert "--limit" in short.stderr
    assert json.loads(query("SELECT x'00ff' AS b, NULL AS n", "--json").stdout)["rows"] == [["00ff", None]]


def test_RIG_08_query_obeys_rights_and_exits_with_the_codes_of_all_commands(query):
    assert query("SELECT count(*) AS n FROM party", user="ion").stdout.split() == ["n", "-", "0"]
    assert "credential" in query("SELECT * FROM credential", code=6).stderr
    query("SELEC", code=8)
    query(SELECT, "--json", "--csv", code=2)
