"""An embedded CRM in a single file.

    import crm
    with crm.create("firm.crm", admin="ana", country="MD", zone="Europe/Chisinau", language="ro") as db:
        me = db.trusted_session("ana")
        acme = me.parties.add(name="Acme", type="customer")
        visit = me.activities.plan(subject="Demo", kind="meeting", party=acme, start_at=monday)
        me.activities.complete(visit, result="liked it", follow_up={"subject": "Call back", "start_at": friday})
        for party in me.find("party", where=crm.field("name").starts_with("a"), order="name"):
            print(party.code, party.name)

Absent values are None. Instants are aware datetimes in UTC, civil dates `date`, amounts `Decimal`. Where an id is asked
for, a record, a `Ref` or an int will do. Every error is a `crm.Error` and, where Python has one for it, also that:
NotFound a KeyError, Invalid a ValueError, Denied a PermissionError, Busy a TimeoutError.
"""
from importlib.metadata import PackageNotFoundError, version

from crm import _crm
from crm._crm import *
from crm.fields import Filter, field, relative, saved

try:
    __version__ = version("crm")
except PackageNotFoundError:  # run from a build folder
    __version__ = "0"

__all__ = [*(_name for _name in vars(_crm) if not _name.startswith("_")), "Filter", "field", "relative", "saved", "__version__"]
