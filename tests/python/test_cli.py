"""The command line, end to end in processes of its own."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import date

import pytest

import crm


@pytest.fixture
def run(path):
    """Runs crm -f FILE with arguments; ana is at work unless said otherwise."""

    def run(*arguments, user="ana", code=0, file=path, **env):
        line = [sys.executable, "-m", "crm", "-f", str(file), *(["--as", user] if user else []), *map(str, arguments)]
        clean = {name: value for name, value in os.environ.items() if name != "CRM_USER"}
        done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", env={**clean, "PYTHONIOENCODING": "utf-8", **env}, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        if code > 1:
            assert done.stderr.splitlines()[-1].startswith("crm: ")
        return done.stdout if code <= 1 else done.stderr

    return run


@pytest.fixture
def firm(run):
    run("init", "--admin", "ana", "--country", "MD", "--zone", "Europe/Chisinau", "--language", "en", "--currency", "MDL", user=None)
    return run


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("Id,Account Name,Staff\n1,Șoimul Alb,5\n2,Ёлка,\n3,Acme,7\n", encoding="utf-8")
    return path


MAP = ("--kind", "party", "--map", "Account Name=name", "--map", "Staff=employees", "--key", "Id", "--system", "sf")


def test_the_entry_point_is_installed():
    crm_command = shutil.which("crm", path=os.path.dirname(sys.executable))
    assert crm_command, "pip install . makes the command crm"
    done = subprocess.run([crm_command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("crm ")


def test_a_file_from_init_to_undo(firm, csv):
    report = json.loads(firm("import", csv, *MAP, "--json"))
    assert set(report) == {"rows", "created", "updated", "unchanged", "skipped", "rejected", "run", "seconds"}
    assert (report["rows"], report["created"], report["rejected"]) == (3, 3, 0)
    listed = json.loads(firm("list", "party", "--order", "name", "--json"))
    assert [row["name"] for row in listed] == ["Acme", "Șoimul Alb", "Ёлка"]
    assert "Șoimul Alb" in firm("list", "party")
    assert "Ёлка" in firm("search", "елк")
    assert json.loads(firm("search", "soimul", "--json"))["hits"][0]["title"] == "Șoimul Alb"
    card = firm("show", listed[0]["code"])
    assert "Acme" in card and "employees" in card and "7" in card
    assert firm("show", listed[0]["id"]) == card
    assert json.loads(firm("show", listed[0]["code"], "--json"))["name"] == "Acme"
    history = json.loads(firm("history", listed[0]["code"], "--json"))
    assert [(entry["what"], entry["user"]) for entry in history] == [("created", "ana")]
    assert "created" in firm("history", listed[0]["id"]) and "import" in firm("history")
    assert "turned back" in firm("undo", f"run:{report['run']}")
    assert json.loads(firm("list", "party", "--json")) == []


def test_history_shows_from_and_to(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        party = me.parties.add(name="Acme", code="A1")
        changed = me.parties.change(party, party.version, name="Beta")
    last = json.loads(firm("history", "A1", "--json"))[-1]
    assert {"field": "name", "from": "Acme", "to": "Beta"} in last["fields"]
    assert "Acme → Beta" in firm("history", "A1")
    firm("undo", changed.changed_in)
    assert "Acme" in firm("show", "a1")


def test_HIS_06_undo_and_trash(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        party = me.parties.add(name="Acme", code="A1")
        first = me.parties.change(party, party.version, name="Beta", status="active")
        me.parties.change(party, first.version, name="Gamma")
    assert "would bring back 0, change 1" in firm("undo", first.changed_in, "--skip-conflicts", "--dry-run")
    refused = firm("undo", first.changed_in, code=7)
    assert "1 command turned back" in firm("undo", first.changed_in, "--skip-conflicts") and refused is not None
    told = json.loads(firm("undo", "--record", party.id, "--verb", "party.change", "--json"))
    assert told["conflicts"] == [] and len(told["commands"]) == 1
    with crm.open(path) as db:
        db.trusted_session("ana").parties.remove(party)
    # The name that command 3 gave was left as it was: history.md, conflicts.
    assert "Beta" in firm("trash") and json.loads(firm("trash", "--json"))["rows"][0]["record"] == str(party.id)
    assert "Beta" in firm("trash", "--user", "ana", "--since", "2026-03-02") and "nothing" in firm("trash", "--until", "2026-03-01")
    assert "restored" in firm("trash", "--restore", party.id) and "nothing" in firm("trash")
    # Whose work is turned back is not who is at work; days are those of one's zone, the last one included.
    period = ("--since", "2026-03-02", "--until", "2999-12-31")
    assert "remove 1 records" in firm("undo", "--user", "ana", *period, "--record", "A1", "--verb", "trash.restore", "--dry-run")
    firm("undo", "--since", "yesterday", code=8)
    firm("undo", "--user", "nobody", code=3)
    firm("undo", "--record", "NONE", code=3)


def test_a_person_an_activity_and_a_note_are_legible(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        party = me.parties.add(name="Acme", code="A1", description="line one\nline two")
        ion = me.contacts.add(first_name="Ion", last_name="Rusu")
        me.contacts.join(ion, party, "director")
        activity = me.activities.report(subject="Call", kind="call", party=party, contact=ion, start_at="2026-03-02T09:00:00Z", result="asks for a price")
        me.notes.write(party, "pays late")
        group = me.parties.add(name="Group")
        me.party_links.add(party=party, other=group, type="member_of")
        me.party_links.add(party=group, other=party, type="supplier_of")
        me.projects.add(code="P7", name="New line", party=party, due_on=date(2026, 7, 1))
        me.consents.add(record=party, channel="fax")
        me.bank_accounts.add(party=party, number="MD24 AG00 0225 1000 1310 4168", currency="MDL", bank_name="MAIB")
        me.segments.add_members(me.segments.make("party", "VIP"), [party])
    card = firm("show", "A1")
    for words in ("Member of the group  Group", "Client of  Group", "P7  New line  planned  due 2026-07-01", "VIP", "Fax", "MD24AG000225100013104168  MDL  MAIB",
                  "Ion Rusu", "director", "2026-03-02 11:00", "Call", "asks for a price", "pays late", "line two", "ana"):
        assert words in card
    shown = firm("show", activity.id)
    assert "asks for a price" in shown and "Ion Rusu" in shown
    assert f"id {activity.id}" in " ".join(shown.split())
    assert "Acme" in firm("list", "activity")


def test_CON_01_a_contact_is_shown_as_its_card(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        me.properties.define("contact", "x_hobby", "text")
        acme, ana = me.parties.add(name="Acme", code="A1"), me.contacts.add(first_name="Ana", last_name="Rusu")
        maria = me.contacts.add(first_name="Maria", last_name="Ionescu", sex="female", born_on=date(1980, 1, 2), title="Dr.",
                                purchasing_budget=1500, description="line one\nline two", x_hobby="chess")
        me.contacts.join(maria, acme, "director", starts_on=date(2020, 1, 1))
        me.points.add(record=maria, type="email", value="maria@acme.md", label="office")
        me.addresses.add(record=maria, type="home", city="Soroca")
        me.kinships.add(contact=ana, relation="child", kin=maria)
        me.kinships.add(contact=maria, relation="child", name="Vlad", born_on=date(2015, 12, 31))
        me.memorable_dates.add(record=maria, type="wedding", month=5, day=1, year=2004, label="in Orhei")
        me.consents.add(record=maria, channel="email")
        me.segments.add_members(me.segments.make("contact", "VIP"), [maria])
        me.activities.report(subject="Call", kind="call", party=acme, contact=maria, start_at="2026-03-02T09:00:00Z", result="asks for a price")
        me.activities.plan(subject="Demo", kind="meeting", contact=maria, start_at="2999-03-02T09:00:00Z")
        me.notes.write(maria, "likes tea")
        then = me.commands(limit=1)[0].id
        me.contacts.change(maria, None, last_name="Popa")
        me.parties.change(acme, None, name="Beta")
        me.contacts.change(ana, None, first_name="Anna")
        _, crew = me.parties.add_person({"last_name": "Crew"}, {"code": "P9"})
    card = " ".join(firm("show", maria.id).split())
    for words in ("Maria Popa ===", "title Dr.", "born 1980-01-02", "budget 1,500.00 MDL", "x_hobby chess", "responsible ana",
                  "segments VIP", "may be reached by E-mail", "line one line two", f"id {maria.id}", "Companies A1 Beta director 2020-01-01 –",
                  "maria@acme.md office", "Soroca", "Parent Anna Rusu", "Child Vlad born 2015-12-31", "2004-05-01 Wedding", "in Orhei",
                  "Planned 2999-03-02 11:00 Meeting Demo planned", "Chronicle 2026-03-02 11:00 Call Call completed party Beta",
                  "result asks for a price", "likes tea"):
        assert words in card
    assert card.index("Companies") < card.index("Reach") < card.index("Family") < card.index("Dates") < card.index("Planned")
    past = " ".join(firm("show", maria.id, "--as-of", then).split())
    assert "Maria Ionescu ===" in past and "A1 Acme director" in past and "Parent Ana Rusu" in past and "party Acme" in past
    assert json.loads(firm("show", maria.id, "--json"))["name"] == "Maria Popa"
    assert "party P9" in " ".join(firm("show", crew.id).split())


def test_list_with_conditions(firm, csv):
    firm("import", csv, *MAP)
    where = json.dumps({"field": "employees", "op": "ge", "value": 6})
    assert [row["name"] for row in json.loads(firm("list", "party", "--where", where, "--json"))] == ["Acme"]
    assert [row["name"] for row in json.loads(firm("list", "party", "--filter", "name~ALB", "--json"))] == ["Șoimul Alb"]
    assert len(json.loads(firm("list", "party", "--limit", "2", "--json"))) == 2
    assert len(json.loads(firm("list", "user", "--json"))) == 1


def test_info_and_new_copy(firm):
    before = json.loads(firm("info", "--json"))
    assert before["country"] == "MD" and before["copy_number"] == 0 and before["rows"]["user"] == 1
    firm("new-copy", user=None)
    assert json.loads(firm("info", "--json"))["copy_number"] != 0
    assert "MDL" in firm("info")


def test_IMP_04_twice_is_refused_and_again_changes_nothing(firm, csv):
    firm("import", csv, *MAP)
    firm("import", csv, *MAP, code=7)
    report = json.loads(firm("import", csv, *MAP, "--again", "--on-conflict", "skip", "--json"))
    assert (report["rows"], report["created"], report["unchanged"] + report["skipped"]) == (3, 0, 3)


def test_rejected_rows_give_code_1_and_a_file_to_mend(firm, csv, tmp_path):
    csv.write_text("Id,Account Name,Staff\n1,A,5\n2,,5\n3,C,many\n", encoding="utf-8")
    rejects = tmp_path / "bad.csv"
    report = json.loads(firm("import", csv, *MAP, "--rejects", rejects, "--json", code=1))
    assert (report["created"], report["rejected"]) == (1, 2)
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 3
    csv.write_text("Id,Account Name,Staff\n4,,5\n", encoding="utf-8")
    assert "row 1" in firm("import", csv, *MAP, code=1)


def test_a_dry_run_writes_nothing(firm, csv):
    report = json.loads(firm("import", csv, *MAP, "--dry-run", "--json"))
    assert report["created"] == 3 and report["run"] is None
    assert json.loads(firm("list", "party", "--json")) == []


def test_without_a_kind_a_proposal_is_shown_and_used(firm, tmp_path):
    path = tmp_path / "Account.csv"
    path.write_text("Id,Name,Colour\n1,Acme,red\n", encoding="utf-8")
    out = firm("import", path)
    assert "party" in out and "Name" in out and "1 created" in out and "Not imported: Colour" in out
    odd = tmp_path / "odd.csv"
    odd.write_text("x,y\n1,2\n")
    firm("import", odd, code=2)


def test_import_options_reach_the_pipeline(firm, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Имя^Оборот^Основан\n\"Ёлка^12,5^31.12.2020\n".encode("cp1251"))
    firm("import", path, "--kind", "party", "--map", "Имя=name", "--map", "Оборот=annual_revenue", "--map", "Основан=-", "--encoding", "cp1251",
         "--delimiter", "^", "--quote", "none", "--decimal", ",", "--date-format", "%d.%m.%Y", "--default-owner", "ana")
    row, = json.loads(firm("list", "party", "--json"))
    assert row["name"] == '"Ёлка' and "12.50" in json.dumps(row)


def test_code_2_usage(firm, csv):
    for arguments in ((), ("dance",), ("import", csv, "--map", "x"), ("undo", "x:1"), ("list", "party", "--limit", "x"), ("import", csv, "--on-conflict", "x")):
        firm(*arguments, code=2)
    assert "--as" in firm("list", "party", user=None, code=2)
    assert firm("list", "party", user=None, CRM_USER="ana") is not None


def test_code_3_not_found(firm, tmp_path, run):
    for arguments in (("show", "NONE"), ("show", "9999999"), ("history", "NONE"), ("undo", "999999"), ("undo", "run:999999")):
        firm(*arguments, code=3)
    firm("info", user="nobody", code=3)
    firm("import", tmp_path / "none.csv", "--kind", "party", code=3)
    run("info", file=tmp_path / "none.crm", code=3)


def test_code_4_busy(firm, path, csv):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        answers = []
        me.work("test.hold", lambda work: answers.append(firm("import", csv, *MAP, code=4)))
        assert len(answers) == 1


def test_code_5_damaged(firm, path, csv):
    firm("import", csv, *MAP)
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.truncate(size // 2 // 8192 * 8192)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    assert firm("list", "party", "--json", code=5)


def test_code_6_denied(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        me.users.add(login="ex", name="Ex", unit=me.unit, is_active=False)
    firm("info", user="ex", code=6)


def test_code_7_conflict(firm, path):
    firm("init", "--admin", "bob", user=None, code=7)
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        party = me.parties.add(name="A")
        first = me.parties.change(party, party.version, name="B")
        me.parties.change(party, first.version, name="C")
    assert "name" in firm("undo", first.changed_in, code=7)


def test_code_8_bad_input(firm, csv):
    for arguments in (("list", "nokind"), ("list", "party", "--where", "{"), ("list", "party", "--filter", "nope=1"), ("list", "party", "--filter", "?"),
                      ("list", "party", "--where", '{"field": "name"}'), ("import", csv, "--kind", "party", "--map", "None=name"),
                      ("import", csv, "--kind", "party", "--map", "Id=none"), ("import", csv, *MAP, "--encoding", "none")):
        firm(*arguments, code=8)


def test_code_8_for_a_wrong_fact_of_a_new_file(run, path):
    run("init", "--admin", "ana", "--zone", "Mars/Olympus", user=None, code=8)
    assert not path.exists()


def test_EMB_02_code_9_not_a_crm_file_or_newer(firm, path, tmp_path, run):
    text = tmp_path / "text.crm"
    text.write_text("no database\n" * 50)
    run("info", file=text, code=9)
    run("info", file=tmp_path, code=9)
    with sqlite3.connect(path) as raw:
        version = raw.execute("PRAGMA user_version").fetchone()[0]
        raw.execute(f"PRAGMA user_version = {version + 1000}")
        raw.execute("UPDATE meta SET value = 1000000 WHERE key IN ('min_reader', 'min_writer')")
    raw.close()
    firm("info", code=9)


def test_code_10_other(firm, tmp_path):
    firm("init", "--admin", "ana", user=None, file=tmp_path / "no such folder" / "a.crm", code=10)


def test_IMP_04_salesforce_comes_in_whole_and_twice_is_a_no_op(firm, data):
    folder = data / "crm/earthfink1982+salesforce-in-powerbi/data"
    if not folder.is_dir():
        pytest.skip(f"no Salesforce files at {folder}")
    accounts = ("import", folder / "Account.csv", "--kind", "party", "--map", "Name=name", "--map", "AnnualRevenue=annual_revenue", "--map",
                "NumberOfEmployees=employees", "--map", "BillingCity=address.city", "--key", "Id", "--system", "salesforce", "--json")
    contacts = ("import", folder / "Contact.csv", "--kind", "contact", "--map", "FirstName=first_name", "--map", "LastName=last_name", "--map",
                "Title=title", "--map", "Phone=phone", "--map", "Email=email", "--map", "Name=-", "--map", "AccountId=party:key", "--key", "Id",
                "--system", "salesforce", "--json")
    assert [json.loads(firm(*line))["created"] for line in (accounts, contacts)] == [18, 25]
    for line in (accounts, contacts):
        firm(*line, code=7)
        again = json.loads(firm(*line, "--again", "--on-conflict", "skip"))
        assert again["created"] == again["updated"] == again["rejected"] == 0 and again["unchanged"] + again["skipped"] == again["rows"]
    assert [len(json.loads(firm("list", kind, "--json", "--limit", 100))) for kind in ("party", "contact", "membership")] == [18, 25, 25]


def test_a_password_instead_of_trust(firm):
    assert "was set" in firm("passwd", "ana", CRM_NEW_PASSWORD="correct horse")
    login = ("--login", "ana")
    assert "schema_version" in firm(*login, "info", user=None, CRM_PASSWORD="correct horse")
    assert "wrong" in firm(*login, "info", user=None, code=6, CRM_PASSWORD="battery staple")
    firm(*login, "passwd", "ana", user=None, CRM_PASSWORD="correct horse", CRM_NEW_PASSWORD="battery staple")
    firm(*login, "info", user=None, CRM_PASSWORD="battery staple")
    firm("passwd", "ana", code=8, CRM_NEW_PASSWORD="short")


def test_a_hand_over(firm, path):
    with crm.open(path) as database:
        ana = database.trusted_session("ana")
        ana.users.add(login="ion", unit=ana.unit)
        for name in ("Acme", "Rex"):
            ana.parties.add(name=name)
    where = json.dumps({"field": "name", "op": "eq", "value": "Acme"})
    assert json.loads(firm("hand-over", "ana", "ion", "--kind", "party", "--where", where, "--json")) == {"party": 1}
    assert "from ana to ion: 1" in firm("hand-over", "ana", "ion")
    firm("hand-over", "ana", "nobody", code=3)


def test_an_export_goes_to_the_standard_output_or_to_a_file(firm, csv, tmp_path):
    firm("import", csv, *MAP)
    assert firm("export", "party", "--columns", "name, employees", "--order", "name") == "name,employees\nAcme,7\nȘoimul Alb,5\nЁлка,\n"
    where = '{"field": "employees", "op": "ge", "value": 6}'
    assert firm("export", "party", "--columns", "name", "--where", where) == "name\nAcme\n"
    assert firm("export", "party", "--columns", "name", "--filter", "name~acm", "--limit", "1") == "name\nAcme\n"
    assert [row["name"] for row in json.loads(firm("export", "party", "--format", "json", "--order=-name"))] == ["Ёлка", "Șoimul Alb", "Acme"]
    out = tmp_path / "out.csv"
    assert "3 rows" in firm("export", "party", "-o", out, "--crlf", "--bom", "--delimiter", "tab", "--labels")
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid\tname\t")
    firm("export", "party", "-o", out, code=7)
    firm("export", "party", "-o", out, "--replace")
    firm("export", "party", "--columns", "planet", code=8)


def test_an_export_is_imported_again(firm, path, tmp_path):
    with crm.open(path) as db:
        db.trusted_session("ana").parties.add(name="=1+1", code="'-2")
    out = tmp_path / "out.csv"
    firm("export", "party", "-o", out, "--columns", "code,name")
    assert "'=1+1" in out.read_text()
    report = json.loads(firm("import", out, "--kind", "party", "--formula-safe", "--json"))
    assert (report["rows"], report["unchanged"]) == (1, 1)


def test_a_search_by_rank_shows_where_the_words_stand(firm, path):
    with crm.open(path) as db:
        me = db.trusted_session("ana")
        me.parties.add(name="Pump works")
        me.parties.add(name="Alfa", description="sells\na pump")
    assert firm("search", "pump", "--rank").index("Pump works") < firm("search", "pump", "--rank").index("Alfa")
    assert "sells a pump" in firm("search", "pump", "--snippets")
    hits = json.loads(firm("search", "pump", "--snippets", "--json"))["hits"]
    assert hits[0]["snippet"] == {"field": "description", "text": "sells\na pump", "matches": [[8, 12]]}
    firm("search", "pump", "--quick", "--rank", code=2)
