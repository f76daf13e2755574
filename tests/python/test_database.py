"""Making, opening and closing files."""
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import crm


def test_a_file_is_made_with_its_facts_and_opened_again(path):
    with crm.create(path, admin="ana", admin_name="Ana Rusu", country="MD", zone="Europe/Chisinau", language="ro",
                    currency="MDL", unit="Head office") as db:
        assert db.path == path and isinstance(db.path, Path)
        assert not db.read_only and db.is_open
        me = db.trusted_session("ana")
        assert me.login == "ana" and me.zone == "Europe/Chisinau" and me.language == "ro"
        assert me.get(me.user).name == "Ana Rusu"
        assert me.get(me.unit).name == "Head office"
        info = me.info()
        assert (info.country, info.currency, info.copy_number) == ("MD", "MDL", 0)
    with crm.open(path) as db:
        assert db.trusted_session("ANA").login == "ana"


def test_EMB_01_the_clock_is_the_embedders(db, clock):
    me = db.trusted_session("ana")
    assert me.now == clock.now
    clock.advance(days=1, microseconds=1)
    party = me.parties.add(name="Acme")
    assert me.command(party.created_in).at == clock.now


def test_a_clock_that_fails_fails_the_call(path):
    def broken():
        raise LookupError("no time")

    with pytest.raises(LookupError, match="no time"):
        with crm.create(path, admin="ana", clock=broken) as db:
            db.trusted_session("ana").parties.add(name="Acme")


def test_closing_ends_sessions_and_lets_the_file_be_opened_again(path):
    db = crm.create(path, admin="ana")
    me = db.trusted_session("ana")
    rows = me.find("party")
    db.close()
    db.close()
    for use in (lambda: me.info(), lambda: next(rows), lambda: db.trusted_session("ana"), lambda: me.parties.add(name="A")):
        with pytest.raises(crm.Misuse):
            use()
    assert not db.is_open and "closed" in repr(db)
    crm.open(path).close()


def test_a_file_open_already_is_refused(db):
    with pytest.raises(crm.Misuse):
        crm.open(db.path)


def test_opening_never_creates(tmp_path):
    with pytest.raises(crm.NotFound) as caught:
        crm.open(tmp_path / "none.crm")
    assert isinstance(caught.value, KeyError) and "none.crm" in str(caught.value) and str(caught.value)[0] not in "'\""
    assert list(tmp_path.iterdir()) == []


def test_making_over_a_file_is_a_conflict(db):
    with pytest.raises(crm.Conflict):
        crm.create(db.path, admin="bob")


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Olympus"}, {"country": "ZZ"}, {"language": "xx"}, {"currency": "XYZW"}, {"admin": ""}])
def test_a_wrong_fact_is_invalid_and_makes_no_file(tmp_path, wrong):
    with pytest.raises(crm.Invalid) as caught:
        crm.create(tmp_path / "new.crm", **{"admin": "ana", **wrong})
    assert isinstance(caught.value, ValueError) and caught.value.kind and caught.value.reason
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"just a text\n" * 100, b"SQLite format 3\0" + b"\0" * 4096])
def test_what_is_no_crm_file_is_refused_untouched(tmp_path, content):
    path = tmp_path / "other.crm"
    path.write_bytes(content)
    with pytest.raises((crm.NotACrmFile, crm.Corrupt)):
        crm.open(path)
    assert path.read_bytes() == content and list(tmp_path.iterdir()) == [path]


def test_a_directory_is_no_crm_file(tmp_path):
    with pytest.raises(crm.NotACrmFile):
        crm.open(tmp_path)


def test_read_only_reads_and_does_not_write(path):
    with crm.create(path, admin="ana") as db:
        db.trusted_session("ana").parties.add(name="Acme")
    with crm.open(path, read_only=True) as db:
        me = db.trusted_session("ana")
        assert db.read_only and [party.name for party in me.find("party")] == ["Acme"]
        with pytest.raises(crm.ReadOnly):
            me.parties.add(name="Other")


def test_backup_is_a_copy_with_a_number_of_its_own(db, me, tmp_path):
    me.parties.add(name="Acme")
    db.backup(tmp_path / "copy.crm")
    with pytest.raises(crm.Conflict):
        db.backup(tmp_path / "copy.crm")
    with crm.open(tmp_path / "copy.crm") as copy:
        assert copy.quick_check() == []
        session = copy.trusted_session("ana")
        assert session.info().copy_number != 0
        assert [party.name for party in session.find("party")] == ["Acme"]


def test_new_copy_gives_another_number(db, me):
    db.new_copy()
    assert me.info().copy_number != 0


def test_an_unknown_login_is_not_found_and_an_inactive_one_denied(db, me):
    with pytest.raises(crm.NotFound):
        db.trusted_session("nobody")
    me.users.add(login="ex", name="Ex", unit=me.unit, is_active=False)
    with pytest.raises(crm.Denied) as caught:
        db.trusted_session("ex")
    assert isinstance(caught.value, PermissionError)


def test_two_threads_work_with_a_session_each(db):
    failures = []

    def work(number):
        try:
            me = db.trusted_session("ana")
            for i in range(40):
                party = me.parties.add(name=f"Firm {number}-{i}")
                assert me.parties.get(party).name == party.name
        except Exception as error:  # noqa: BLE001: shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.trusted_session("ana").count("party") == 80


def test_a_session_at_work_in_one_thread_is_refused_to_another(me):
    inside, over, caught = threading.Event(), threading.Event(), []

    def long_work(_):
        inside.set()
        over.wait(10)

    thread = threading.Thread(target=lambda: me.work("test.long", long_work))
    thread.start()
    assert inside.wait(10)
    try:
        with pytest.raises(crm.Misuse):
            me.parties.count()
    finally:
        over.set()
        thread.join()
    assert me.parties.count() == 0 and caught == []


def test_the_GIL_is_free_while_another_waits_for_the_writer(db, me):
    other = db.trusted_session("ana")
    inside, done = threading.Event(), []

    def work(_):
        inside.set()
        other_thread = threading.Event()
        other_thread.wait(0.3)  # the waiting writer must not stop this thread

    def second():
        inside.wait(10)
        done.append(other.parties.add(name="Second").name)

    thread = threading.Thread(target=second)
    thread.start()
    me.work("test.hold", work)
    thread.join(10)
    assert done == ["Second"]


def test_busy_after_the_write_deadline(path):
    with crm.create(path, admin="ana", write_deadline=0.2) as db:
        me, other = db.trusted_session("ana"), db.trusted_session("ana")
        result = []

        def second():
            try:
                other.parties.add(name="Second")
            except crm.Busy as error:
                result.append(error)

        def work(_):
            thread = threading.Thread(target=second)
            thread.start()
            thread.join(10)

        me.work("test.hold", work)
        assert len(result) == 1 and isinstance(result[0], TimeoutError)


def test_a_handle_is_refused_after_a_fork(db, me):
    pid = os.fork()
    if pid == 0:
        try:
            me.parties.count()
        except crm.Misuse:
            os._exit(0)
        except BaseException:
            os._exit(2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert me.parties.count() == 0


def test_an_interpreter_that_ends_with_open_handles_ends_well(tmp_path):
    code = ("import crm, datetime; db = crm.create('a.crm', admin='ana', clock=lambda: datetime.datetime.now(datetime.timezone.utc),"
            " log=print); me = db.trusted_session('ana'); me.parties.add(name='A'); rows = me.find('party'); next(rows)")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
