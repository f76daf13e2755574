"""What the tests of the Python package share: a clock that stands, a new file, a session of its administrator."""
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import crm

ROOT = Path(__file__).resolve().parents[2]
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now=MONDAY):
        self.now = now

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "firm.crm"


@pytest.fixture
def db(path, clock):
    with crm.create(path, admin="ana", country="MD", zone="Europe/Chisinau", currency="MDL", clock=clock) as database:
        yield database


@pytest.fixture
def me(db):
    return db.trusted_session("ana")


@pytest.fixture(scope="session")
def data():
    """Real files of others, kept outside this repository."""
    folder = Path(os.environ.get("CRM_TEST_DATA") or ROOT.parent / "shared/data")
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}; set CRM_TEST_DATA")
    return folder
