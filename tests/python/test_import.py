"""Imports through Python: files and iterables, one pipeline."""
import threading
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

import crm


def added_up(report):
    assert report.created + report.updated + report.unchanged + report.skipped + report.rejected == report.rows
    return report


def test_rows_of_dicts(me):
    rows = ({"Name": f"Firm {i}", "Staff": i, "Revenue": Decimal("10.25"), "Key": str(i)} for i in range(2_500))
    report = added_up(me.import_rows("party", rows, map={"Name": "name", "Staff": "employees", "Revenue": "annual_revenue"}, key="Key", system="test"))
    assert (report.rows, report.created) == (2_500, 2_500) and report.run is not None and report.seconds > 0
    party = me.get(me.external_keys.lookup("test", "party", "7"))
    assert (party.name, party.employees, party.annual_revenue, party.annual_revenue_currency) == ("Firm 7", 7, Decimal("10.25"), "MDL")
    assert me.run(report.run).rows == 2_500 and me.runs()[0].id == report.run
    me.undo(report)
    assert me.parties.count() == 0


def test_rows_of_tuples_need_columns(me):
    columns = ["subject", "kind", "start_at", "next_contact_on"]
    row = ("Call", "call", datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=timezone.utc), date(2026, 3, 9))
    report = added_up(me.import_rows("activity", [row, list(row)], columns=columns))
    assert report.created == 2, report.problems
    activity = next(me.find("activity"))
    assert activity.start_at == row[2] and activity.next_contact_on == row[3]
    with pytest.raises(crm.Invalid):
        me.import_rows("activity", [row])
    assert added_up(me.import_rows("activity", [], columns=columns)).rows == 0


def test_every_row_is_reported_in_order(me):
    rows = [{"name": "A"}, {"name": ""}, {"name": "B", "colour": "red"}, {"name": object()}, "text", {"name": "C"}, {"name": 1.5}, {}]
    seen = []
    report = added_up(me.import_rows("party", rows, outcome=seen.append))
    assert [outcome["row"] for outcome in seen] == list(range(1, 9))
    results = [outcome["result"] for outcome in seen]
    assert (results[0], results[5]) == ("created", "created") and results[1:5] == ["rejected"] * 4 and results[7] == "rejected"
    assert all(outcome["reason"] for outcome in seen if outcome["result"] == "rejected")
    assert report.rejected == len(report.problems) == results.count("rejected")


@pytest.mark.parametrize("amount", [1.5, "1,5", "abc", "1" * 30])
def test_no_float_becomes_money(me, amount):
    report = added_up(me.import_rows("party", [{"name": "A", "annual_revenue": amount}]))
    assert report.rejected == 1 and report.problems[0]["field"] == "annual_revenue" and me.parties.count() == 0


def test_a_naive_datetime_rejects_its_row(me):
    report = added_up(me.import_rows("activity", [{"subject": "A", "kind": "call", "start_at": datetime(2026, 3, 2)}]))
    assert report.rejected == 1 and "zone" in report.problems[0]["reason"]


def test_what_the_iterable_raises_arrives_unchanged(me):
    def broken():
        yield {"name": "A"}
        raise LookupError("source is gone")

    with pytest.raises(LookupError, match="source is gone"):
        me.import_rows("party", broken())


def test_on_conflict(me):
    def go(rows, **options):
        return added_up(me.import_rows("party", rows, key="key", system="s", **options))

    old, new = [{"key": "1", "name": "A"}], [{"key": "1", "name": "B"}]
    assert go(old).created == 1
    assert go(old).unchanged == 1
    assert go(new).skipped == 1
    assert go(new, on_conflict="fail").rejected == 1
    assert go(new, on_conflict="update").updated == 1
    assert [party.name for party in me.find("party")] == ["B"]
    with pytest.raises(crm.Invalid):
        go(new, on_conflict="maybe")


def test_progress_stops_an_import_and_it_goes_on_later(me, tmp_path):
    path = tmp_path / "parties.csv"
    path.write_text("name,id\n" + "".join(f"Firm {i},{i}\n" for i in range(5_000)), encoding="utf-8")
    seen = []

    def progress(so_far):
        seen.append(so_far["rows"])
        return len(seen) < 2

    me.import_csv(path, kind="party", key="id", batch=1_000, progress=progress)
    assert int(me.parties.count()) < 5_000
    report = me.import_csv(path, kind="party", key="id", batch=1_000)
    assert report.resumed and me.parties.count() == 5_000


def test_Ctrl_C_stops_an_import(me):
    import _thread

    def rows():
        for i in range(100_000):
            if i == 5_000:
                _thread.interrupt_main()
            yield {"name": f"Firm {i}"}

    with pytest.raises(KeyboardInterrupt):
        me.import_rows("party", rows())
    assert int(me.parties.count()) < 100_000


def test_the_GIL_is_free_during_an_import(me, tmp_path):
    path = tmp_path / "parties.csv"
    path.write_text("name\n" + "".join(f"Firm {i}\n" for i in range(20_000)), encoding="utf-8")
    ticks, over = [0], threading.Event()

    def tick():
        while not over.wait(0.001):
            ticks[0] += 1

    thread = threading.Thread(target=tick)
    thread.start()
    report = me.import_csv(path, kind="party", batch=20_000)
    over.set()
    thread.join()
    assert report.created == 20_000 and ticks[0] >= report.seconds / 0.02


@pytest.mark.parametrize("encoding, python", [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("cp1251", "cp1251")])
def test_csv_encodings(me, tmp_path, encoding, python):
    path = tmp_path / "clienti.csv"
    path.write_bytes("Название;Код\r\nЁлка и Ко;001\r\n".encode(python))
    report = added_up(me.import_csv(path, kind="party", map={"Название": "name", "Код": "code"}, encoding=encoding))
    assert report.created == 1, report.problems
    assert me.parties.by_code("001").name == "Ёлка и Ко"


def test_bad_csv_rows_are_rejected_one_by_one(me, tmp_path):
    path, rejects = tmp_path / "bad.csv", tmp_path / "rejects.csv"
    path.write_bytes(b"name,employees\nA,1\nB\nC,2,3\nD,x\nE\xff,1\nF\0,1\nG,5\n\"H,1\n")
    report = added_up(me.import_csv(path, kind="party", rejects=rejects))
    assert (report.rows, report.created) == (8, 2) and {party.name for party in me.find("party")} == {"A", "G"}
    assert [problem["row"] for problem in report.problems] == [2, 3, 4, 5, 6, 8]
    header = crm.csv_header(rejects)
    assert header[:2] == ["name", "employees"] and set(header[2:]) == {"row", "field", "reason"}


def test_a_wrong_import_is_an_error_and_changes_nothing(me, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name\nA\n")
    for options in ({"kind": "none"}, {"kind": "party", "map": {"none": "name"}}, {"kind": "party", "map": {"name": "none"}},
                    {"kind": "party", "key": "none"}, {"kind": "party", "encoding": "none"}, {"kind": "party", "delimiter": ";;"},
                    {"kind": "party", "colour": "red"}):
        with pytest.raises(crm.Invalid):
            me.import_csv(path, **options)
    with pytest.raises(crm.NotFound):
        me.import_csv(tmp_path / "none.csv", kind="party")
    assert me.parties.count() == 0 and me.runs() == []


def test_an_unknown_owner_rejects_unless_a_default_is_named(me):
    rows = [{"name": "A", "Owner": "nobody"}]
    assert me.import_rows("party", rows, map={"Owner": "owner"}).rejected == 1
    assert me.import_rows("party", rows, map={"Owner": "owner"}, default_owner="ana").created == 1


def test_a_dry_run_writes_nothing(me):
    report = added_up(me.import_rows("party", [{"name": "A"}, {"name": ""}], dry_run=True))
    assert (report.created, report.rejected, report.run) == (1, 1, None) and me.parties.count() == 0


def test_a_proposal_from_name_and_headings():
    proposal = crm.propose_import("Account.csv", ["Id", "Name", "Phone", "Whatever__c"])
    assert proposal.kind == "party" and ("Name", "name") in proposal.columns and "Whatever__c" in proposal.not_imported


def test_registers_without_quoting(me, tmp_path):
    path = tmp_path / "register.csv"
    path.write_text("name^tax_code\n\"Alfa^1\nBeta\"^2\n", encoding="utf-8")
    assert me.import_csv(path, kind="party", delimiter="^", quote=None).created == 2
    assert {party.name for party in me.find("party")} == {'"Alfa', 'Beta"'}
