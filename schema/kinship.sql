-- Kinship: "kin is <relation> of contact"; another contact, or somebody known by name only.
CREATE TABLE kinship (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    contact_id  INTEGER NOT NULL REFERENCES contact,
    relation    TEXT    NOT NULL,           -- list kinship_relation
    kin_id      INTEGER REFERENCES contact,
    name        TEXT,                       -- of kin that is no contact
    born_on     TEXT,                       -- of kin that is no contact
    note        TEXT
) STRICT;
CREATE INDEX kinship_by_contact ON kinship (contact_id);
CREATE INDEX kinship_by_kin ON kinship (kin_id) WHERE kin_id IS NOT NULL;
CREATE INDEX kinship_by_birthday ON kinship (substr(born_on, 6)) WHERE born_on IS NOT NULL;
