-- External keys: what a record is called in the systems it came from.
CREATE TABLE external_key (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- any root
    system      TEXT    NOT NULL,
    kind        INTEGER NOT NULL,           -- of the record
    key         TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX external_key_by_key ON external_key (system, kind, key);
CREATE INDEX external_key_by_record ON external_key (record_id);
