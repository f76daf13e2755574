import datetime as dt
import crm

with crm.create("firm.crm", admin="ana", country="MD", zone="Europe/Chisinau", language="ro") as db:
    me = db.trusted_session("ana")
    acme = me.parties.add(name="Acme SRL", type="customer")
    visit = me.activities.plan(subject="Demo", kind="meeting", party=acme, start_at=dt.datetime.now(dt.timezone.utc))
    follow_up = {"subject": "Call back", "start_at": visit.start_at + dt.timedelta(days=3)}
    done = me.activities.complete(visit, result="liked it", follow_up=follow_up)
    print([a.subject for a in me.activities.chain(done)])
    me.undo(me.commands(limit=1)[0])
