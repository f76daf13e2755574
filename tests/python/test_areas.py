"""The verbs of each concept, through Python."""
from datetime import date, timedelta
from decimal import Decimal

import pytest

import crm

from conftest import MONDAY

FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture
def acme(me):
    return me.parties.add(name="Acme", type="customer")


def test_PAR_01_organisations_and_persons_in_one_register(me):
    acme = me.parties.add(crm.Party(name="Acme", description="makes anvils"))
    party, contact = me.parties.add_person(crm.Contact(first_name="Ion", last_name="Rusu"))
    assert (acme.nature, party.nature) == ("organisation", "person")
    assert acme.code and party.code and acme.code != party.code
    assert "Ion" in party.name and "Rusu" in party.name and contact.person == party.id
    assert me.parties.get(acme).description == "makes anvils"
    assert me.parties.by_code(acme.code.lower()).id == acme.id and me.parties.by_code("none") is None


def test_PAR_02_a_party_plays_several_roles(me, acme):
    me.parties.add_role(acme, "client")
    me.parties.add_role(acme, "supplier")
    me.parties.add_role(acme, "client")
    assert sorted(me.parties.roles(acme)) == ["client", "supplier"]
    me.parties.remove_role(acme.id, "client")
    assert me.parties.roles(acme) == ["supplier"]


def test_PAR_03_PRP_03_types_come_from_lists_that_an_installation_changes(me, acme):
    me.lists.add_value("party_type", "franchise", {"en": "Franchise", "ro": "Franciză"})
    assert me.parties.change(acme, acme.version, type="franchise").type == "franchise"
    assert me.lists.label("party_type", "franchise") == "Franchise"
    me.lists.set_label("party_type", "franchise", "en", "Franchisee")
    assert [item.label for item in me.lists.items("party_type") if item.code == "franchise"] == ["Franchisee"]
    me.lists.retire("party_type", "franchise")
    with pytest.raises(crm.Invalid):
        me.parties.add(name="New", type="franchise")
    assert [item.code for item in me.lists.items("party_type", with_retired=True) if item.is_retired] == ["franchise"]
    with pytest.raises(crm.NotFound):
        me.lists.items("no_such_list")


def test_PAR_04_points_as_typed_and_normalised(me, acme):
    me.parties.add_point(acme, type="phone", value="(022) 12-34-56")
    point = me.parties.add_point(acme, crm.Point(type="email", value="Ana <ANA@acme.md>", is_primary=True))
    assert (point.value, point.normalized) == ("Ana <ANA@acme.md>", "ana@acme.md")
    first, second = me.points.of(acme)
    assert first.id == point.id and second.normalized == "+37322123456" and second.record == acme.id


def test_PAR_05_addresses(me, acme):
    me.parties.add_address(acme, type="warehouse", city="Bălți", country="MD")
    assert [(address.type, address.city) for address in me.addresses.of(acme)] == [("warehouse", "Bălți")]


def test_PAR_10_the_card_in_one_call(me, acme):
    me.parties.add_role(acme, "client")
    me.parties.add_point(acme, type="phone", value="+373 22 123456")
    me.parties.add_address(acme, type="branch", city="Cahul")
    ion = me.contacts.add(first_name="Ion", last_name="Rusu")
    me.contacts.join(ion, acme, "director")
    me.contacts.add_point(ion, type="mobile", value="069 123456")
    me.activities.plan(subject="Demo", kind="meeting", party=acme, start_at=FRIDAY)
    me.activities.report(subject="Call", kind="call", party=acme, start_at=MONDAY, result="wants a demo")
    me.notes.write(acme, "pays late")
    card = me.parties.card(acme)
    assert card.party.id == acme.id and card.owner_name and card.roles == ["client"]
    assert [point.value for point in card.points] == ["+373 22 123456"]
    assert [address.city for address in card.addresses] == ["Cahul"]
    assert [(person.contact.id, person.position, len(person.points)) for person in card.people] == [(ion.id, "director", 1)]
    assert [activity.subject for activity in card.planned] == ["Demo"]
    assert [(activity.subject, activity.result) for activity in card.chronicle] == [("Call", "wants a demo")]
    assert [note.text for note in card.notes] == ["pays late"]
    assert not (card.more_people or card.more_planned or card.more_chronicle or card.more_notes)


def test_PAR_12_notes_with_author_and_time(me, acme, clock):
    for i in range(3):
        me.notes.write(acme, f"text {i}", title=f"note {i}")
        clock.advance(hours=1)
    notes = list(me.notes.about(acme))
    assert [note.text for note in notes] == ["text 2", "text 1", "text 0"]
    assert notes[0].author == me.user and notes[0].written_at == clock.now - timedelta(hours=1) and notes[0].record == acme.id
    assert [note.title for note in me.notes.about(acme, limit=2)] == ["note 2", "note 1"]


def test_CON_04_a_contact_in_several_parties(me, acme):
    other = me.parties.add(name="Beta")
    ion = me.contacts.add(first_name="Ion", last_name="Rusu")
    first = me.contacts.join(ion, acme, "seller", starts_on=date(2020, 1, 1))
    me.contacts.join(ion, other, "adviser", starts_on="2021-06-01", ends_on="2022-06-01")
    with pytest.raises(crm.Conflict):
        me.contacts.join(ion, acme, "director", starts_on=date(2024, 1, 1))
    assert me.contacts.leave(first, date(2023, 12, 31)).ends_on == date(2023, 12, 31)
    me.contacts.join(ion, acme, "director", starts_on=date(2024, 1, 1))
    assert [(place.party, place.position) for place in me.contacts.memberships(ion)] == [
        (acme.id, "seller"), (other.id, "adviser"), (acme.id, "director")]


def test_ACT_02_planned_or_reported_after_the_fact(me, acme):
    planned = me.activities.plan(crm.Activity(subject="Demo", kind="meeting", party=acme, start_at=FRIDAY))
    reported = me.activities.report(subject="Call", kind="call", party=acme, start_at=MONDAY - timedelta(days=1), result="no answer")
    assert (planned.state, reported.state) == ("planned", "completed")
    assert reported.result == "no answer" and reported.completed_at is not None and planned.completed_at is None
    assert me.activities.start(planned).state == "started"
    with pytest.raises(crm.Conflict):
        me.activities.start(planned)
    assert me.activities.cancel(planned, "client is ill").state == "cancelled"


def test_ACT_03_sub_activities_and_no_cycle(me, acme):
    top = me.activities.plan(subject="Fair", kind="task", party=acme, start_at=MONDAY)
    child = me.activities.plan(subject="Stand", kind="task", parent=top, start_at=MONDAY)
    grandchild = me.activities.plan(subject="Posters", kind="task", parent=child, start_at=MONDAY)
    assert child.party == acme.id
    tree = [activity.id for activity in me.activities.subtree(top)]
    assert [ref for ref in tree if ref != top.id] == [child.id, grandchild.id]
    top = me.activities.get(top)
    with pytest.raises(crm.Invalid):
        me.activities.change(top, top.version, parent=grandchild)


def test_ACT_04_completing_a_visit_plans_the_call(me, acme):
    visit = me.activities.plan(subject="Demo", kind="meeting", party=acme, start_at=MONDAY)
    done = me.activities.complete(visit, result="liked it", questions="price", problems="none", next_contact_on=date(2026, 3, 6),
                                  follow_up={"subject": "Call back", "kind": "call", "start_at": FRIDAY})
    assert (done.state, done.result, done.questions, done.next_contact_on) == ("completed", "liked it", "price", date(2026, 3, 6))
    chain = me.activities.chain(visit)
    assert [(activity.subject, activity.kind, activity.party) for activity in chain] == [
        ("Demo", "meeting", acme.id), ("Call back", "call", acme.id)]
    third = me.activities.follow_up(chain[1], subject="Contract", start_at=FRIDAY + timedelta(days=1))
    for member in (*chain, third):
        assert [activity.id for activity in me.activities.chain(member)] == [chain[0].id, chain[1].id, third.id]
    with pytest.raises(crm.Conflict):
        me.activities.complete(visit, result="again")
    with pytest.raises(crm.Invalid, match="start"):
        me.activities.complete(third, follow_up={"subject": "no time"})
    with pytest.raises(crm.Invalid):
        me.activities.complete(third, follow_up={"start_at": FRIDAY, "colour": "red"})
    assert me.activities.get(third).state == "planned"


def test_ACT_16_the_chronicle_newest_first(me, acme):
    for day in range(5):
        me.activities.report(subject=f"Call {day}", kind="call" if day % 2 else "email", party=acme, result=f"r{day}",
                             start_at=MONDAY - timedelta(days=10 - day))
    assert [activity.result for activity in me.activities.chronicle(acme)] == ["r4", "r3", "r2", "r1", "r0"]
    assert [activity.result for activity in me.activities.chronicle(acme, kind="call")] == ["r3", "r1"]
    assert [activity.result for activity in me.activities.chronicle(acme, limit=2)] == ["r4", "r3"]


def test_RIG_01_rights_are_given_and_taken(db, me, acme):
    bob = me.users.add(login="bob", name="Bob", unit=me.unit)
    his = db.trusted_session("bob")
    assert his.parties.count() == 0 and his.parties.find(acme) is None
    with pytest.raises(crm.NotFound):
        his.parties.get(acme)
    with pytest.raises(crm.Denied):
        his.parties.add(name="Beta")
    for action in ("read", "create", "change"):
        me.rights.grant(bob, "party", action, "own")
    beta = his.parties.add(name="Beta")
    assert beta.owner == bob.id and [party.name for party in his.find("party")] == ["Beta"]
    me.rights.grant(bob, "party", "read", "shared")
    me.rights.share(acme, bob)
    assert his.parties.get(acme).name == "Acme"
    with pytest.raises(crm.Denied):
        his.parties.change(acme, None, name="Stolen")
    me.rights.revoke(bob, "party", "read", "own")
    assert [party.name for party in his.find("party")] == ["Acme"]
    with pytest.raises(crm.Denied):
        his.rights.grant(bob, "party", "read", "all")


def test_groups_hold_rights(db, me, acme):
    bob = me.users.add(login="bob", name="Bob", unit=me.unit)
    sellers = me.user_groups.add(name="Sellers")
    me.add(crm.UserGroupMember(group=sellers, user=bob))
    me.rights.grant(sellers, "party", "read", "all")
    assert db.trusted_session("bob").parties.get(acme).name == "Acme"
    assert me.records("user_group_member").count() == 1


def test_users_and_units_are_found_by_name(me):
    south = me.units.add(name="South", parent=me.unit)
    me.users.add(login="Bob", name="Bob", unit=south, language="ro", zone="Europe/Kyiv")
    assert me.units.named("SOUTH").id == south.id and me.users.by_login("bob").unit == south.id
    with pytest.raises(crm.NotFound):
        me.users.by_login("nobody")


def test_an_owner_is_given_with_the_record(me):
    bob = me.users.add(login="bob", name="Bob", unit=me.unit)
    party = me.parties.add(name="Acme", owner=bob)
    assert party.owner == bob.id
    party.owner = me.user
    assert me.parties.update(party).owner == me.user
    party = me.parties.change(party, None, owner=bob.id)
    assert party.owner == bob.id


def test_IMP_04_external_keys_find_records(me, acme):
    me.external_keys.add(record=acme, system="sf", key="001")
    assert me.external_keys.lookup("sf", "party", "001") == acme.id
    assert me.external_keys.lookup("sf", "contact", "001") is None


def test_update_writes_what_differs_and_nothing_hidden_or_left_out(me):
    stored = me.parties.add(name="Acme", description="long text", annual_revenue=Decimal("5"))
    listed = next(me.find("party"))
    assert listed.description is None
    listed.name = "Acme SRL"
    updated = me.parties.update(listed)
    assert (updated.name, updated.description, updated.version) == ("Acme SRL", "long text", stored.version + 1)
    assert me.parties.update(updated).version == updated.version
    with pytest.raises(crm.Conflict):
        me.parties.update(listed)
    full = next(me.find("party", bodies=True))
    assert full.description == "long text"
    full.description = None
    assert me.update(full).description is None
