"""PRJ-01, PRJ-03: projects, their trees and what hangs on them, from Python."""

from datetime import date, datetime, timezone

import pytest

import crm

MONDAY = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)


def test_PRJ_01_a_project_is_planned_started_and_ended(me):
    acme = me.parties.add(name="Acme SRL")
    project = me.projects.add(name="Cramă nouă", type="implementation", party=acme,
                              start_on=date(2026, 3, 2), due_on=date(2026, 9, 30))
    assert me.projects.by_code(project.code.lower()) == project
    assert me.projects.by_code("none") is None
    assert me.projects.start(project).state == "started"
    assert me.projects.complete(project, date(2026, 9, 1)).ended_on == date(2026, 9, 1)
    with pytest.raises(crm.Conflict):
        me.projects.cancel(project)
    with pytest.raises(crm.Invalid, match="due_on"):
        me.projects.add(name="X", start_on=date(2026, 3, 2), due_on=date(2026, 3, 1))


def test_PRJ_03_subprojects_and_activities_follow(me):
    acme, zoo = me.parties.add(name="Acme SRL"), me.parties.add(name="Zoo SRL")
    top = me.projects.add(name="Top", party=acme)
    low = me.projects.add(name="Low", parent=top)
    assert [project.name for project in me.projects.subtree(top)] == ["Low"]
    assert [project.name for project in me.projects.above(low)] == ["Top"]
    call = me.activities.plan(subject="Call", kind="call", start_at=MONDAY, project=low)
    assert call.party == acme.id
    me.projects.change(low, low.version, party=zoo)
    assert me.activities.get(call).party == zoo.id
    with pytest.raises(crm.Invalid, match="circle"):
        me.projects.change(top, top.version, parent=low)
