"""A person asks for their data and then to be forgotten: the export, the erasure with its certificate, and an import
that would bring the person back."""
import crm

OLD_LIST = [
    {"first_name": "Ion", "last_name": "Rusu", "email": "ion.rusu@example.com"},
    {"first_name": "Maria", "last_name": "Lupu", "email": "maria@example.com"},
]

with crm.create("erasure.crm", admin="ana", country="MD", zone="Europe/Chisinau") as db:
    me = db.trusted_session("ana")
    rusu, contact = me.parties.add_person({"first_name": "Ion", "last_name": "Rusu"})
    me.parties.add_point(rusu, type="email", value="ion.rusu@example.com")
    me.contacts.change(contact, None, title="director")
    me.activities.plan(subject="Write to Rusu", kind="letter", party=rusu, start_at=me.now)

    me.export_subject(rusu, "rusu.json")  # what we hold on them, for them

    for mention in me.erasures.preview(rusu).mentions:
        print(f"named elsewhere, in {mention.field}: {mention.text}")
    erasure = me.erasures.erase(rusu, reason="request of 2 March")
    while not me.erasures.scrub(seconds=1):
        pass  # elsewhere work goes on
    print(me.erasures.certificate(erasure.id))

    report = me.import_rows("contact", OLD_LIST)
    print(f"{report.created} created, {report.rejected} rejected: {report.problems[0]['reason']}")
    assert (report.created, report.rejected, me.parties.find(rusu)) == (1, 1, None)
