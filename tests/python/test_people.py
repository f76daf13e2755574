"""Profiles, skills and hand-over."""
import pytest

import crm


@pytest.fixture
def ion(me):
    return me.users.add(login="ion", name="Ion Rusu", unit=me.unit)


@pytest.fixture
def vera(me):
    service = me.units.add(name="Service", parent=me.unit)
    return me.users.add(login="vera", unit=service)


def test_a_profile_in_one_call(me, ion):
    me.records("user_skill").add(user=ion, skill="German", level=4)
    me.activities.plan(subject="Demo", kind="meeting", owner=ion, start_at="2026-03-03T09:00:00Z")
    profile = me.users.profile("ion")
    assert (profile.user.login, profile.unit.id, profile.position) == ("ion", me.unit, None)
    assert [(skill.skill, skill.level) for skill in profile.skills] == [("German", 4)]
    assert [task.subject for task in profile.tasks] == ["Demo"]
    assert (profile.groups, profile.territories, profile.more_tasks) == ([], [], False)
    assert [user.login for user in me.users.skilled("GERM", min_level=3)] == ["ion"]
    assert me.users.skilled("german", min_level=5) == []
    with pytest.raises(crm.NotFound):
        me.users.profile("nobody")


def test_users_keep_their_own_profile(me, db, ion):
    he = db.trusted_session("ion")
    he.users.change(ion, None, phone="022 123", interests="wine")
    he.records("user_skill").add(user=ion, skill="Latin")
    with pytest.raises(crm.Denied):
        he.users.change(ion, None, is_active=False)
    with pytest.raises(crm.Denied):
        he.users.change(me.user, None, phone="1")


def test_what_a_user_has_goes_to_another_and_back(me, ion, vera):
    party = me.parties.add(name="Acme", owner=ion)
    me.parties.add(name="Rex", owner=ion)
    call = me.activities.plan(subject="Call", kind="call", owner=ion, start_at="2026-03-03T09:00:00Z")
    assert me.users.hand_over("ion", vera, kinds="party", where=crm.field("name") == "Acme") == {"party": 1}
    assert me.users.hand_over(ion, "vera", kinds=["party", "activity"], keep_unit=True) == {"party": 1, "activity": 1}
    assert me.get(party).unit == vera.unit and me.get(call).unit == me.unit
    me.undo(me.commands(limit=1)[0])
    assert me.get(call).owner == ion.id
    with pytest.raises(crm.Invalid):
        me.users.hand_over("ion", "ion")
    with pytest.raises(crm.Invalid):
        me.users.hand_over("ion", "vera", kinds=["planet"])
