-- Schedule: where users are and why, for some days or for some hours of each of them. The owner is whom it is of.
CREATE TABLE schedule_entry (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    starts_on   TEXT    NOT NULL,
    ends_on     TEXT    NOT NULL,           -- the last day
    starts      TEXT,                       -- HH:MM of each day; NULL: whole days
    ends        TEXT,                       -- HH:MM to 24:00
    whereabouts TEXT    NOT NULL,           -- list whereabouts
    is_absence  INTEGER NOT NULL,           -- no working time
    party_id    INTEGER REFERENCES party,   -- at which client
    town        TEXT,
    organisation TEXT,
    purpose     TEXT
) STRICT;
CREATE INDEX schedule_entry_by_start ON schedule_entry (starts_on);
CREATE INDEX schedule_entry_by_owner_start ON schedule_entry (owner_id, starts_on);
CREATE INDEX schedule_entry_by_unit_start ON schedule_entry (unit_id, starts_on);
CREATE INDEX schedule_entry_by_territory_start ON schedule_entry (territory_id, starts_on) WHERE territory_id IS NOT NULL;
CREATE INDEX schedule_entry_by_party ON schedule_entry (party_id) WHERE party_id IS NOT NULL;
