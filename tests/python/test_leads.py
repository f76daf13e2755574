"""Leads in Python: queued, taken, converted, given up, taken in from a site; and the same on the command line."""
import json
import subprocess
import sys

import pytest

import crm


@pytest.fixture
def queue(me):
    made = me.lead_queues.add(name="Web")
    me.lead_queues.add_member(made, me.user)
    return made


def test_LEA_01_a_lead_has_source_score_and_owner(me):
    lead = me.leads.add(first_name="Ion", last_name="Popa", company="Acme SRL", source="website", score=70)
    assert (lead.name, lead.state, lead.owner, lead.score) == ("Ion Popa", "new", me.user, 70)
    me.points.add(record=lead, type="email", value="popa@acme.md")
    me.consents.add(record=lead, channel="email")
    assert me.consents.may_contact(lead, "email")
    assert [hit.record for hit in me.quick("pop", kind="lead")] == [lead.id]
    with pytest.raises(crm.Invalid):
        me.leads.add(job_title="Nobody")


def test_LEA_02_the_next_lead_is_taken_and_leads_are_given_away(me, queue):
    cold, hot = (me.leads.add(last_name=name, score=score) for name, score in (("Cold", 1), ("Hot", 9)))
    for lead in (cold, hot):
        assert me.leads.enqueue(lead, queue).state == "queued"
    assert [lead.name for lead in me.leads.waiting(queue)] == ["Hot", "Cold"]
    assert me.leads.take_next(queue).name == "Hot"
    assert me.leads.take_next(queue).name == "Cold"
    assert me.leads.take_next(queue) is None
    me.lead_queues.change(queue, None, rule="least_busy")
    me.leads.enqueue(cold, queue)
    assert me.leads.distribute(queue) == [(cold.id, me.user)]
    assert me.lead_queues.members(queue) == [me.user]
    me.lead_queues.remove_member(queue, me.user)
    with pytest.raises(crm.Denied):
        me.leads.take_next(queue)
    assert me.leads.assign(hot, me.user).state == "taken"


def test_LEA_03_a_lead_is_converted(me):
    acme = me.parties.add(name="Acme SRL")
    lead = me.leads.add(last_name="Popa", company="ACME S.R.L.")
    me.activities.report(subject="Met", kind="meeting", lead=lead)
    done = me.leads.convert(lead, project={"name": "Line"})
    assert (done.party.how, done.party.record) == ("matched", acme.id) and done.party.reasons
    assert done.contact.how == "made" and done.project.how == "made" and done.lead.state == "converted"
    assert [each.subject for each in me.activities.chronicle(lead)] == ["Met"]
    assert [each.subject for each in me.activities.chronicle(acme)] == ["Met"]
    with pytest.raises(crm.Conflict):
        me.leads.convert(lead)


def test_LEA_04_a_lead_is_given_up_and_taken_on_again(me, clock):
    lead = me.leads.add(last_name="Popa")
    call = me.activities.plan(subject="Call", kind="call", start_at=clock(), lead=lead)
    given_up = me.leads.mark_unpromising(lead, "no_budget", "next year")
    assert (given_up.state, given_up.reason, given_up.reason_note) == ("unpromising", "no_budget", "next year")
    assert me.activities.get(call).state == "cancelled"
    assert me.leads.revive(lead).state == "new"
    assert me.activities.get(call).state == "planned"


def test_LEA_05_an_intake_is_taken_in_once(me, queue):
    fields = dict(key="1", subject="Registration", last_name="Popa", email="popa@acme.md", source="website", queue=queue,
                  consents=[{"channel": "email", "source": "form", "evidence": "I agree"}])
    received = me.leads.intake(**fields)
    assert received.is_new and received.contact is None
    assert me.leads.get(received.lead).state == "queued"
    assert me.consents.of(received.lead)[0].evidence == "I agree"
    assert me.leads.intake(**fields).activity == received.activity
    with pytest.raises(crm.Conflict):
        me.leads.intake(**{**fields, "subject": "Other"})
    with pytest.raises(crm.Invalid):
        me.leads.intake(key="2", subject="X", email="x@y.md", colour="red")
    done = me.leads.convert(received.lead)
    again = me.leads.intake(key="3", subject="Order", email="popa@acme.md",
                            consents=[{"channel": "any", "state": "withdrawn"}])
    assert again.contact == done.contact.record and not again.is_new
    assert not me.consents.may_contact(again.contact, "email")


def test_LEA_02_on_the_command_line(tmp_path):
    def run(*arguments, code=0):
        done = subprocess.run([sys.executable, "-m", "crm", "-f", tmp_path / "a.crm", "--as", "ana", *map(str, arguments)],
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stderr
        return done.stdout

    run("init", "--admin", "ana")
    with crm.open(tmp_path / "a.crm") as db:
        me = db.trusted_session("ana")
        queue = me.lead_queues.add(name="Web")
        me.lead_queues.add_member(queue, me.user)
        for name in ("Popa", "Rusu"):
            me.leads.enqueue(me.leads.add(last_name=name, company="Acme SRL"), queue)
    assert "Popa" in run("leads", "list", "--queue", "web")
    (taken,) = json.loads(run("leads", "take", "Web", "--json"))
    assert (taken["name"], taken["state"]) == ("Popa", "taken")
    number = taken["id"]
    assert "Popa" in run("leads", "list")
    told = run("leads", "convert", number, "--project", "Line")
    assert "party made" in told and "contact made" in told and "project made" in told
    run("leads", "convert", number, code=7)
    rusu = run("leads", "take", "web").split()[0]
    assert "unpromising" in run("leads", "unpromising", rusu, "no_need", "--note", "later")
    assert "taken" in run("leads", "revive", rusu)
    assert run("leads", "take", "web") == "nobody waits\n"
    run("leads", "take", "phone", code=3)
    run("leads", "list", "--limit", "0", code=8)
    run("leads", "list", "--queue", "web", "--limit", "0", code=8)


def test_LEA_03_a_conversion_into_what_is_hidden_is_told_of(tmp_path):
    with crm.create(tmp_path / "a.crm", admin="ana") as db:
        me = db.trusted_session("ana")
        vera = me.users.add(login="vera", unit=me.unit)
        for kind in ("lead", "party"):
            for action in ("read", "create", "change", "assign"):
                me.rights.grant(vera, kind, action, "own" if (kind, action) == ("party", "read") else "all")
        lead = me.leads.add(company="Acme SRL")
    done = subprocess.run([sys.executable, "-m", "crm", "-f", tmp_path / "a.crm", "--as", "vera", "leads", "convert", str(lead.id)],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    with crm.open(tmp_path / "a.crm") as db:
        became = db.trusted_session("ana").leads.get(lead)
    assert done.stdout == f"party made: {became.party}\n"
