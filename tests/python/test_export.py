"""Exports: to files and file objects, by session and by command line; what is imported again is the same."""
import csv
import io
import json
import random

import pytest

import crm

HOSTILE = ["=1+1", "+373 22 1", "-5", "@x", "'=1", "''-x", "'tis", "a\nb", 'say "x"', "a;b,c|d^e", "Ёлка 🙂", "-", "'"]


@pytest.fixture
def firm(me):
    me.parties.add(name="Acme", code="A1", industry="retail", annual_revenue="-12.50", annual_revenue_currency="EUR")
    me.parties.add(name="Beta", code="B1", description="long\ntext")
    return me


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_imp_02_a_file_says_by_its_suffix_what_it_is(firm, tmp_path):
    report = firm.export("party", to=tmp_path / "x.csv", order="name")
    assert report.rows == 2 and report.columns[:2] == ["id", "name"]
    assert "2 rows" in repr(report)
    text = (tmp_path / "x.csv").read_bytes().decode()
    assert "\r\n" in text
    acme, beta = rows(text)
    assert (acme["name"], acme["annual_revenue"], acme["annual_revenue_currency"]) == ("Acme", "-12.50", "EUR")
    assert (acme["owner"], beta["description"]) == ("ana", "long\ntext")
    assert firm.export("party", to=str(tmp_path / "x.json")).columns == []
    loaded = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert [row["code"] for row in loaded] == ["A1", "B1"]
    with pytest.raises(crm.Invalid, match="say csv or json"):
        firm.export("party", to=tmp_path / "x.xlsx")
    firm.export("party", to=tmp_path / "x.xlsx", format="csv", max_rows=1)
    assert len(rows((tmp_path / "x.xlsx").read_text(encoding="utf-8"))) == 1


def test_imp_02_file_objects_of_text_and_of_bytes_are_written_to(firm):
    text, raw = io.StringIO(newline=""), io.BytesIO()
    options = dict(columns=["code", "name"], order="-name", crlf=False)
    firm.export("party", to=text, **options)
    firm.export("party", to=raw, **options)
    assert text.getvalue() == raw.getvalue().decode() == "code,name\nB1,Beta\nA1,Acme\n"

    class Miser(io.RawIOBase):
        """Takes three bytes at a time."""

        def __init__(self):
            super().__init__()
            self.taken = b""

        def writable(self):
            return True

        def write(self, data):
            self.taken += bytes(data[:3])
            return min(len(data), 3)

    miser = Miser()
    firm.export("party", to=miser, **options)
    assert miser.taken == raw.getvalue()
    firm.export("party", to=raw, format="json")
    assert json.loads(raw.getvalue().decode().split("Acme\n", 1)[1])[0]["code"] == "A1"


def test_imp_02_what_a_file_object_raises_arrives_unchanged_and_the_session_goes_on(firm):
    class Full(io.StringIO):
        def write(self, text):
            raise ZeroDivisionError(len(text))

    with pytest.raises(ZeroDivisionError):
        firm.export("party", to=Full())
    assert firm.count("party") == 2


def test_imp_02_filters_columns_and_labels(firm):
    out = io.StringIO(newline="")
    firm.export("party", to=out, where=crm.field("code") == "A1", columns=["industry", "name"], labels=True, header=False,
                delimiter=";", byte_order_mark=True, crlf=False)
    assert out.getvalue() == f"\ufeff{firm.lists.label('industry', 'retail')};Acme\n"
    for wrong in (dict(columns=["planet"]), dict(columns="name"), dict(columns=[]), dict(format="xml"), dict(delimiter="ab"),
                  dict(order="planet")):
        with pytest.raises(crm.Invalid):
            firm.export("party", to=io.StringIO(), **wrong)
    with pytest.raises(crm.Invalid):
        firm.export("planet", to=io.StringIO())


def test_imp_02_nothing_is_overwritten_unasked_and_the_crm_file_never(firm, path, tmp_path):
    target = tmp_path / "x.csv"
    firm.export("party", to=target)
    with pytest.raises(crm.Conflict):
        firm.export("party", to=target)
    firm.export("party", to=target, replace=True, columns=["name"])
    assert target.read_text().split() == ["name", "Acme", "Beta"]
    for own in (path, f"{path}-wal", f"{path}-shm"):
        with pytest.raises(crm.Invalid, match="CRM file itself"):
            firm.export("party", to=own, format="csv", replace=True)
        with pytest.raises(crm.Invalid, match="CRM file itself"):
            crm.csv_header(own)
    assert firm.count("party") == 2


def test_imp_02_without_the_right_nothing_is_written(firm, db, tmp_path):
    ion = firm.users.add(login="ion", unit=firm.unit)
    firm.rights.grant(ion, "party", "read", "all")
    his = db.trusted_session("ion")
    out = io.StringIO()
    with pytest.raises(crm.Denied):
        his.export("party", to=out)
    with pytest.raises(crm.Denied):
        his.export("party", to=tmp_path / "x.csv")
    assert out.getvalue() == "" and not (tmp_path / "x.csv").exists()
    firm.rights.grant(ion, "party", "export", "all")
    assert his.export("party", to=out).rows == 2


def test_imp_02_hostile_texts_make_the_round_trip(me, tmp_path):
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    texts = HOSTILE + ["".join(chance.choices("=+-@'\"\t,;|^\na1Ё ", k=6)) + "." for _ in range(100)]
    for number, text in enumerate(texts):
        me.parties.add(name="n" + text, code=f"C{number}", tax_code=text, description=text)
    columns = ["code", "name", "tax_code", "description"]
    me.export("party", to=tmp_path / "safe.csv", columns=columns)
    for row in rows((tmp_path / "safe.csv").read_bytes().decode()):
        assert not any(cell and cell[0] in "=+-@\t\r" for cell in row.values()), row
    with crm.create(tmp_path / "other.crm", admin="eva") as db:
        eva = db.trusted_session("eva")
        assert eva.import_csv(tmp_path / "safe.csv", kind="party", formula_safe=True).created == len(texts)
        back, there = io.StringIO(), io.StringIO()
        eva.export("party", to=back, columns=columns, order="code", formula_safe=False)
        me.export("party", to=there, columns=columns, order="code", formula_safe=False)
        assert back.getvalue() == there.getvalue()


def test_sea_04_rank_and_snippets(me):
    me.parties.add(name="Pump works")
    me.parties.add(name="Alfa", description="Ёлки 🙂 и насос, pump там")
    assert [hit.title for hit in me.search("pump ")] == ["Alfa", "Pump works"]
    assert [hit.title for hit in me.search("pump ", order="rank")] == ["Pump works", "Alfa"]
    assert me.search("pump")[0].snippet is None
    snippet = me.search("pump насос", snippets=True)[0].snippet
    assert snippet.field == "description"
    assert [snippet.text[begin:end] for begin, end in snippet.matches] == ["насос", "pump"]
    assert "насос" in repr(snippet)
    with pytest.raises(crm.Invalid):
        me.search("pump", order="best")
    with pytest.raises(crm.Invalid):
        me.search("pump", kinds="point", order="rank")
