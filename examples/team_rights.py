"""A team's rights at work: a head, two sellers of different units, and an assistant who sees no numbers."""
import crm

with crm.create("team.crm", admin="ana", country="MD", zone="Europe/Chisinau") as db:
    ana = db.trusted_session("ana")
    sales = ana.units.add(name="Sales", parent=ana.unit)
    north, south = (ana.units.add(name=name, parent=sales) for name in ("North", "South"))
    sets = {name: ana.rights.add_set(name) for name in ("head_of_sales", "seller", "assistant")}

    def hire(login, unit, right_set):
        user = ana.users.add(login=login, unit=unit)
        ana.records("user_group_member").add(group=sets[right_set], user=user)
        return user, db.trusted_session(login)

    _, doina = hire("doina", sales, "head_of_sales")
    _, ion = hire("ion", north, "seller")
    petru_user, petru = hire("petru", south, "seller")
    _, vera = hire("vera", north, "assistant")
    ana.rights.hide(sets["assistant"], "point", "value")

    acme = ion.parties.add(name="Acme")
    ion.parties.add_point(acme, type="phone", value="022 123 456")
    petru.parties.add(name="Beta")
    for name, me in (("doina", doina), ("ion", ion), ("petru", petru)):
        print(name, "sees", [party.name for party in me.parties.list()])
    print("vera sees Acme's phone as", vera.points.of(acme)[0].value)

    # A task shows what it is about, from the next call on.
    doina.activities.plan(subject="Help with Acme", kind="task", party=acme, owner=petru_user, start_at=doina.now)
    print("petru sees", [party.name for party in petru.parties.list()], "because")
    print(ana.rights.explain(petru_user, acme))

    # What is hidden cannot be asked for.
    try:
        vera.count("point", crm.field("value").starts_with("022"))
    except crm.Denied as denied:
        print("vera asks by number:", denied)
    print("audit:", ana.rights.audit() or "nothing looks wrong")
