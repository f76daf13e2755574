"""Imports rows that a program has, looks at what came of them, and turns the whole import back, as far as nobody has worked
with it; then brings it again."""
import crm

ROWS = [
    {"No": "17", "Company": "Acme SRL", "Town": "Bălți", "Phone": "0231 61 234"},
    {"No": "18", "Company": "Ёлка ООО", "Town": "Орёл", "Phone": "+7 486 200 00 00"},
    {"No": "19", "Company": "", "Town": "Soroca", "Phone": ""},
]

with crm.create("undo_import.crm", admin="ana", country="MD", zone="Europe/Chisinau") as db:
    me = db.trusted_session("ana")
    report = me.import_rows("party", ROWS, key="No", system="old register",
                            map={"Company": "name", "Town": "address.city", "Phone": "phone"})
    print(f"{report.rows} rows: {report.created} created, {report.rejected} rejected")
    for problem in report.problems:
        print(f"  row {problem['row']}, {problem['field']}: {problem['reason']}")

    print("elka finds:", [hit.title for hit in me.search("елка")])
    acme = me.external_keys.lookup("old register", "party", "17")
    print("number 17 of the old register:", me.parties.get(acme).name, [point.normalized for point in me.points.of(acme)])

    # Somebody works with one of the new parties: that stands in the way, and is told with who and when.
    me.notes.write(acme, "wants a call in spring")
    try:
        me.undo(report.run)
    except crm.Conflict as conflict:
        for way in conflict.conflicts:
            print(f"in the way: {way['reason']}, by {way['user']} at {way['at']:%H:%M}")

    undone = me.undo(report.run, skip_conflicts=True)
    print("left because of that:", [party.name for party in me.find("party")], "and", int(me.count("point")), "phone")
    assert undone.conflicts and int(me.count("party")) == 1

    # The undo of the undo is a redo: every record is there again under its id.
    me.undo(undone)
    print("after redo:", int(me.count("party")), "parties,", int(me.count("point")), "phones")
    me.undo(verb="note.write")
    me.undo(report.run)
    print("after undo:", int(me.count("party")), "parties,", int(me.count("point")), "phones")
    assert (report.created, report.rejected, int(me.count("party"))) == (2, 1, 0)
