"""The demo: what tools/demo shows, on a small sample firm and on CSV files given."""
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

import crm

ROOT = Path(__file__).resolve().parents[2]
SALESFORCE = "crm/earthfink1982+salesforce-in-powerbi/data"
SECTIONS = ["A firm of twelve", "Import:", "A card:", "A follow-up chain", "Search,", "A seller's day", "The same list",
            "History,", "Undo of a whole import", "The file"]
OF_THE_DAY = ("Sales meeting", "Asked for a price list")  # activities that no import brought


def demo(folder, *arguments):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}  # a terminal that is not set up gets UTF-8 all the same
    return subprocess.run([sys.executable, ROOT / "examples/demo.py", *map(str, arguments)], cwd=folder, env=environment,
                          capture_output=True, text=True, encoding="utf-8", timeout=600)


def shown(folder, *arguments):
    done = demo(folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def screen_width(line):
    return sum(0 if unicodedata.combining(letter) else 1 for letter in line)


def counts(text):
    """(rows, {outcome: count}) of each import."""
    number = lambda digits: int(digits.replace(",", ""))
    return [(number(rows), {name: number(count) for count, name in re.findall(r"([\d,]+) (\w+)", outcomes)})
            for rows, outcomes in re.findall(r"^ +([\d,]+) rows = (.*?)   \(", text, re.MULTILINE)]


def check_imports(text, files):
    found = counts(text)
    assert len(found) == files
    for rows, outcomes in found:
        assert sum(outcomes.values()) == rows
    return found


def check_layout(text):
    for line in text.splitlines():
        assert screen_width(line) <= 100 and line == line.rstrip(), line
    assert "\x1b" not in text and "\ufffd" not in text


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, shown(folder, "--parties", 200)


def test_the_demo_has_its_sections_in_order(small):
    at = [small[1].index(f"── {section}") for section in SECTIONS]
    assert at == sorted(at)
    check_layout(small[1])


def test_the_demo_imports_what_is_good_and_refuses_what_is_not(small):
    folder, text = small
    found = check_imports(text, 3)
    spoiled = [int(count) for count in re.findall(r"had spoiled (\d+) of", text)]
    assert [outcomes["rejected"] for _, outcomes in found] == spoiled and all(spoiled)
    with crm.open(folder / "demo.crm", read_only=True) as database:
        me = database.trusted_session("ana")
        without_persons = crm.field("person").is_null()  # a natural person's contact comes with its party
        imported = [int(me.count("party")), int(me.count("contact", without_persons)), int(me.count("activity")) - len(OF_THE_DAY)]
        assert all(int(me.count("activity", crm.field("subject") == subject)) == 1 for subject in OF_THE_DAY)
        assert not database.quick_check()
    assert imported == [outcomes["created"] for _, outcomes in found]


def test_the_demo_shows_a_restricted_user_less(small):
    text = small[1].split("── The same list")[1].split("── ")[0]
    parties = {login: int(count) for login, count in re.findall(r"^  (ana|victor|ion) +([\d,]+) ", text, re.MULTILINE)}
    assert parties["ana"] == 200 > parties["victor"] > parties["ion"] > 0
    assert "NotFound" in text and "Denied" in text


def test_the_demo_undoes_and_redoes_an_import(small):
    text = small[1].split("── Undo of a whole import")[1]
    before, undone, redone = re.search(r"^  activity +([\d,]+) +([\d,]+) +([\d,]+)$", text, re.MULTILINE).groups()
    assert before == redone != undone == str(len(OF_THE_DAY))


def test_the_demo_replaces_the_file_of_an_earlier_one_and_no_other(small, tmp_path):
    folder, text = small
    assert check_imports(shown(folder, "--parties", 200), 3) == counts(text)
    other = tmp_path / "demo.crm"
    other.write_text("my own notes")
    done = demo(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (9, 1) and other.read_text() == "my own notes"
    other.unlink()
    with crm.create(other, admin="ana") as database:
        database.trusted_session("ana").parties.add(name="Mine")
    done = demo(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (7, 1) and "move it" in done.stderr
    with crm.open(other) as database:
        assert int(database.trusted_session("ana").count("party")) == 1


def test_the_demo_takes_the_files_of_a_salesforce_organisation(tmp_path, data):
    folder = data / SALESFORCE
    text = shown(tmp_path, folder / "Contact.csv", f"{folder / 'Account.csv'}:party")
    check_layout(text)
    (accounts, of_accounts), (contacts, of_contacts) = check_imports(text, 2)
    assert (accounts, contacts) == (18, 25)
    assert text.index("Account.csv → party") < text.index("Contact.csv → contact") and "not imported" in text
    with crm.open(tmp_path / "demo.crm") as database:
        me = database.trusted_session("ana")
        assert (of_accounts["created"], of_contacts["created"]) == (18, 25)
        assert all(me.contacts.memberships(contact) for contact in me.find("contact"))


def test_the_demo_takes_a_table_as_a_spreadsheet_saves_it(tmp_path):
    table = "Код;Название;Телефон;Город\nA1;ООО «Ёлка»;+7 495 111-22-33;Орёл\nA2;;;Москва\n"
    (tmp_path / "клиенты.csv").write_text(table, encoding="cp1251")
    text = shown(tmp_path, "--encoding", "cp1251", "клиенты.csv")
    check_layout(text)
    assert check_imports(text, 1) == [(2, {"created": 1, "rejected": 1})]
    assert "Название → name" in text and "row 2" in text
    assert re.search(r"елка +1 +ООО «Ёлка»", text)  # typed without the diaeresis, and found
    assert "Undo of a whole import" in text


@pytest.mark.parametrize("name, content, code", [
    ("missing.csv", None, 3),
    ("odd.csv", b"colour,taste\nred,sweet\n", 8),
    ("empty.csv", b"", 8),
    ("parties.csv:planet", b"name\nAcme\n", 8),
    ("binary.csv", bytes(range(256)) * 20, 8),
    ("cyrillic.csv", "Название;Город\nЁлка;Орёл\n".encode("cp1251"), 8),
    (".", None, 8),
])
def test_the_demo_says_in_one_line_what_is_wrong_with_a_file(tmp_path, name, content, code):
    if content is not None:
        (tmp_path / name.split(":")[0]).write_bytes(content)
    done = demo(tmp_path, name)
    assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stdout + done.stderr
    assert not (tmp_path / "demo.crm").exists()
