-- Links between parties: "party is <type> other", for a time.
CREATE TABLE party_link (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    other_id    INTEGER NOT NULL REFERENCES party,
    type        TEXT    NOT NULL,           -- list party_link_type
    starts_on   TEXT,
    ends_on     TEXT,                       -- the last day
    note        TEXT
) STRICT;
CREATE INDEX party_link_by_party ON party_link (party_id, type);
CREATE INDEX party_link_by_other ON party_link (other_id, type);
