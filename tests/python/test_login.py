"""Passwords: login, changing them, and what does not come out."""
import sqlite3
import subprocess
import sys

import pytest

import crm

RIGHT = "correct horse"
FLOOR = {"password_memory": 19 << 20, "password_passes": 2}


@pytest.fixture
def door(path, clock):
    with crm.create(path, admin="ana", clock=clock, **FLOOR) as database:
        ana = database.trusted_session("ana")
        ana.users.add(login="ion", unit=ana.unit)
        ana.users.set_password("ion", RIGHT)
        yield database


def test_a_password_opens_a_session_and_a_wrong_one_does_not(door):
    assert door.login("ion", RIGHT).login == "ion"
    said = {str(pytest.raises(crm.Denied, door.login, login, password).value)
            for login, password in (("ion", "battery staple"), ("nobody", RIGHT), ("ana", RIGHT))}
    assert len(said) == 1
    with pytest.raises(crm.Invalid):
        door.login("ion", None)


def test_too_many_attempts_say_how_long_to_wait(door, clock):
    for _ in range(6):
        with pytest.raises(crm.Denied):
            door.login("ion", "battery staple")
    with pytest.raises(crm.TooManyAttempts) as refused:
        door.login("ion", RIGHT)
    assert refused.value.retry_after == 1.0
    assert isinstance(refused.value, (crm.Denied, PermissionError))
    clock.advance(seconds=1)
    door.login("ion", RIGHT)


def test_users_change_their_own_password_and_administrators_all(door):
    ion, ana = door.login("ion", RIGHT), door.trusted_session("ana")
    ion.change_password(RIGHT, "my very own")
    with pytest.raises(crm.Denied):
        ion.change_password(RIGHT, "another one")
    with pytest.raises(crm.Invalid):
        ion.change_password("my very own", "short")
    with pytest.raises(crm.Denied):
        ion.users.set_password("ana", "my very own")
    door.login("ion", "my very own")
    ana.users.remove_password(ion.user)
    with pytest.raises(crm.Denied):
        door.login("ion", "my very own")


def test_a_cost_below_the_floor_is_refused(path):
    with pytest.raises(crm.Invalid):
        crm.create(path, admin="ana", password_memory=1 << 20)
    assert not path.exists()


def test_a_raised_cost_is_taken_up_at_the_next_login(door, path, clock):
    door.close()
    with crm.open(path, clock=clock, password_memory=32 << 20, password_passes=3) as dearer:
        dearer.login("ion", RIGHT)
    with sqlite3.connect(path) as raw:
        (kept,), = raw.execute("SELECT hash FROM credential")
    assert kept.startswith("$argon2id$v=19$m=32768,t=3,p=1$")


def test_the_hash_comes_out_nowhere(door):
    ana = door.trusted_session("ana")
    with pytest.raises(crm.Invalid):
        list(ana.find("credential"))
    told = [repr(user.to_dict()) + repr(user.to_json()) for user in ana.find("user")]
    told += [repr([(change.field, change.before, change.after) for change in entry.fields])
             for user in ana.find("user") for entry in ana.history(user)]
    assert "password" in "".join(told) and "argon2" not in "".join(told) and RIGHT not in "".join(told)


def test_another_process_counts_with_us(door, path):
    code = ("import crm, sys\nwith crm.open(sys.argv[1]) as db:\n"
            "    for _ in range(6):\n        try: db.login('nobody', 'battery staple')\n        except crm.Denied: pass\n")
    door.close()
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=120)
    with sqlite3.connect(path) as raw:
        (bucket, failures), = raw.execute("SELECT bucket, failures FROM login_attempt")
    assert bucket < 0 and failures == 6
