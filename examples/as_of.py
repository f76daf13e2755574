"""A funnel of activities as it stood at the end of each of some past days: no report was kept, the file remembers."""
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import crm

STATES = ("planned", "started", "completed", "cancelled")

with crm.create("funnel.crm", admin="ana", country="MD", zone="Europe/Chisinau") as db:
    me = db.trusted_session("ana")
    calls = [me.activities.plan(subject=f"Call {name}", kind="call", party=me.parties.add(name=name), start_at=me.now)
             for name in ("Acme", "Beta", "Codru")]
    moments = [("in the morning", me.commands(limit=1)[0].id)]
    me.activities.complete(calls[0], result="wants an offer", follow_up={"subject": "Offer", "start_at": me.now + timedelta(days=2)})
    me.activities.start(calls[1])
    moments.append(("at noon", me.commands(limit=1)[0].id))
    me.activities.complete(calls[1], result="not now")
    me.activities.remove(calls[2])  # a mistake; the moments before still know it
    tomorrow = datetime.now(ZoneInfo(me.zone)) + timedelta(days=1)
    moments.append(("tomorrow", tomorrow))

    print(f"{'':16}" + "".join(f"{state:>11}" for state in STATES))
    for name, moment in moments:
        past = me.as_of(moment)
        counts = (past.count("activity", crm.field("state") == state).rows for state in STATES)
        print(f"{name:16}" + "".join(f"{count:>11}" for count in counts))
