"""Finds people who stand in the file twice, merges them after a look, works on, and takes the merge apart again."""
import crm

with crm.create("merge.crm", admin="ana", country="MD", zone="Europe/Chisinau") as db:
    me = db.trusted_session("ana")
    ivan, _ = me.parties.add_person({"first_name": "Иван", "last_name": "Петров", "born_on": "1980-05-17"})
    john, _ = me.parties.add_person({"first_name": "Ivan", "last_name": "Petrov", "born_on": "1980-05-17"})
    me.parties.add_point(john, type="email", value="ivan@petrov.md")
    me.activities.plan(subject="Demo", kind="meeting", party=john, start_at=me.now)

    found = me.duplicates.find("party").pairs
    for pair in found:
        print(f"{pair.score:.3f}", *(f"{reason.what}: {reason.text}" for reason in pair.reasons), sep="  ")

    preview = me.duplicates.rehearse_merge(ivan, [john])
    print(f"a merge would change {len(preview.changed)} and remove {len(preview.removed)} records")
    merged = me.duplicates.merge(ivan, [john], fields={"contact.first_name": john})
    print("now:", me.parties.get(ivan).name, [point.value for point in me.points.of(ivan)])
    assert me.duplicates.merged_into(john) == ivan.id

    me.parties.add_point(ivan, type="phone", value="022 123 456")  # a later edit, which stays
    me.duplicates.unmerge(merged)
    print("apart:", me.parties.get(ivan).name, "and", me.parties.get(john).name)
    assert [point.value for point in me.points.of(ivan)] == ["022 123 456"]
    assert [point.value for point in me.points.of(john)] == ["ivan@petrov.md"]

    me.duplicates.dismiss(ivan, john)
    assert len(found) == 1 and not me.duplicates.find("party").pairs
