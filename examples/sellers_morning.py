"""A seller's morning: the agenda, what is due, the next lead, a call that comes in, and what is planned after it."""
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import crm

ZONE = ZoneInfo("Europe/Chisinau")
NINE = datetime(2026, 3, 2, 9, tzinfo=ZONE)


def at(hour: int, minute: int = 0) -> datetime:
    return NINE.replace(hour=hour, minute=minute)


def prepare(head: crm.Session, ion: crm.User) -> None:
    """The evening before: the head of sales leaves a day's work for Ion."""
    acme = head.parties.add(name="Acme SRL", owner=ion)
    popa = head.contacts.add(last_name="Popa", owner=ion)
    head.contacts.join(popa, acme, "buyer")
    head.contacts.add_point(popa, type="phone", value="022 123 456")
    head.activities.plan(subject="Sales meeting", kind="meeting", owner=ion, start_at=at(9, 30), end_at=at(10), zone=ZONE.key,
                         recurrence="RRULE:FREQ=WEEKLY;BYDAY=MO")
    offer = head.activities.plan(subject="Offer to Acme", kind="offer", owner=ion, party=acme, contact=popa, start_at=at(14))
    head.reminders.add(record=offer, user=ion, before=300)
    queue = head.lead_queues.add(name="Site")
    head.lead_queues.add_member(queue, ion)
    received = head.leads.intake(key="form-1042", subject="Asked for a price list", first_name="Maria", last_name="Rusu",
                                 email="maria@example.md", source="website", consents=[{"channel": "email"}], queue=queue)
    head.leads.change(received.lead, None, score=80)


def show_day(me: crm.Session, day: date) -> None:
    today = crm.day_of(day, me.zone)
    for entry in me.calendar.agenda(today[0], today[1]).entries:
        print(f"  {entry.start.astimezone(ZONE):%H:%M}  {entry.subject}")


with crm.create("morning.crm", admin="ana", country="MD", zone=ZONE.key, clock=lambda: NINE.astimezone(timezone.utc)) as db:
    ana = db.trusted_session("ana")
    sellers = ana.rights.add_set("seller")
    ion = ana.users.add(login="ion", unit=ana.unit)
    ana.records("user_group_member").add(group=sellers, user=ion)
    prepare(ana, ion)

    me = db.trusted_session("ion")
    print("Agenda")
    show_day(me, NINE.date())
    print("Due")
    for due in me.reminders.take():
        print(f"  reminder: {due.name} at {due.event_at.astimezone(ZONE):%H:%M}")
    for notice in me.notices.take():
        print(f"  notice: {notice.reason} by {me.get(notice.from_user).name}")

    print("Next lead")
    lead = me.leads.take_next(me.lead_queues.named("Site"))
    assert lead
    print(f"  {lead.name}, score {lead.score}")

    print("A call")
    number = "+373 22 123456"
    caller = me.calls.who(number)
    assert caller.contact and caller.party
    print(f"  {number} is {caller.contact.name} of {caller.party.name}")
    call = me.calls.ring(number=number, subject="Delivery", addressee=me.user)
    me.calls.answer(call)
    me.calls.end(call, "wants 200 bottles by Easter")
    talk = next(iter(me.activities.chronicle(caller.party)))
    planned = me.activities.follow_up(talk, subject="Send the contract", kind="letter", start_at=me.now + timedelta(hours=26))
    print(f"  planned: {planned.subject}")

    print("Tomorrow")
    show_day(me, NINE.date() + timedelta(days=1))
