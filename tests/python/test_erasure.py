"""Erasure in Python: a person erased for good, the certificate, suppression, the subject's export; and the command line."""
import json
import subprocess
import sys

import pytest

import crm


@pytest.fixture
def rusu(me):
    """A natural person with a phone, an activity and a text elsewhere that names them."""
    party, _ = me.parties.add_person({"first_name": "Ion", "last_name": "Rusu"})
    me.parties.add_point(party, type="email", value="ion@rusu.md")
    me.activities.plan(subject="Letter to Rusu", kind="letter", party=party, start_at=me.now)
    return party


def test_IMP_03_a_person_is_erased_and_the_certificate_comes_after_the_scrub(me, rusu):
    preview = me.erasures.preview(rusu)
    assert (preview.id, preview.command, preview.records) == (0, None, 3)
    erasure = me.erasures.erase(rusu, reason="asked for by letter")
    assert (erasure.records, erasure.cleared, erasure.by) == (3, 1, me.login)
    assert [(mention.field, mention.text) for mention in erasure.mentions] == [("subject", "Letter to Rusu")]
    assert me.parties.find(rusu) is None
    with pytest.raises(crm.Conflict):
        me.erasures.certificate(erasure.id)
    assert me.erasures.scrub(60)
    certificate = me.erasures.certificate(erasure.id)
    assert certificate.json()["hash"] == certificate.hash and certificate.hash in str(certificate)
    assert certificate.erasure.scrub_ended_at >= certificate.erasure.erased_at
    assert [each.id for each in me.erasures.list()] == [erasure.id]
    with pytest.raises(crm.Conflict) as undone:
        me.undo(erasure.command)
    assert undone.value.conflicts[0]["reason"] == "was erased"


def test_IMP_03_an_erased_person_does_not_come_back_until_it_is_lifted(me, rusu):
    erasure = me.erasures.erase(rusu, reason="asked for")
    other = me.contacts.add(last_name="Lupu")
    with pytest.raises(crm.Suppressed):
        me.points.add(record=other, type="email", value="ION@rusu.md")
    assert issubclass(crm.Suppressed, crm.Conflict)
    report = me.import_rows("contact", [{"last_name": "Somebody", "email": "ion@rusu.md"}])
    assert (report.created, report.rejected) == (0, 1)
    assert "rusu" not in report.problems[0]["reason"]
    assert me.erasures.is_suppressed(email="ion@rusu.md") and not me.erasures.is_suppressed(last_name="Rusu")
    me.erasures.lift(erasure.id)
    me.points.add(record=other, type="email", value="ion@rusu.md")
    assert me.erasures.list()[0].is_lifted


def test_IMP_03_a_persons_data_are_exported(me, rusu, tmp_path):
    me.export_subject(rusu, tmp_path / "rusu.json")
    told = json.loads((tmp_path / "rusu.json").read_text(encoding="utf-8"))
    assert told["person"]["contact"]["last_name"] == "Rusu"
    assert [each["record"]["value"] for each in told["records"]] == ["ion@rusu.md"]
    assert [each["record"]["subject"] for each in told["activities"]] == ["Letter to Rusu"]
    assert told["consents"] == [] and told["files"] == []
    with pytest.raises(crm.Invalid):
        me.export_subject(me.parties.add(name="Acme"), tmp_path / "acme.json")


def test_IMP_03_the_command_line_shows_what_goes_and_prints_the_certificate(me, rusu, path, tmp_path):
    def run(*arguments, answer=""):
        return subprocess.run([sys.executable, "-m", "crm", "-f", str(path), "--as", me.login, *arguments],
                              input=answer, capture_output=True, text=True)

    out = tmp_path / "rusu.json"
    assert run("subject", rusu.code, str(out)).returncode == 0 and out.exists()
    asked = run("erase", rusu.code, "--reason", "asked for", answer="no\n")
    assert "Letter to Rusu" in asked.stdout and "nothing was erased" in asked.stdout
    done = run("erase", rusu.code, "--reason", "asked for", "--yes")
    assert done.returncode == 0 and "Certificate of erasure" in done.stdout, done.stderr
    assert run("erase", rusu.code, "--reason", "asked for", "--yes").returncode == 3
    assert "nothing of erased people" in run("scrub", "--certificates").stdout
