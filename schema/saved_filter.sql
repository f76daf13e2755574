-- Saved filters: conditions on one kind of record under a name, a user's own or shared.
CREATE TABLE saved_filter (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    owner_id     INTEGER NOT NULL REFERENCES user,
    unit_id      INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    kind         TEXT    NOT NULL,          -- name of the kind of record that it filters
    name         TEXT    NOT NULL CHECK (name <> ''),
    name_key     TEXT    NOT NULL,          -- folded
    condition    TEXT    NOT NULL,          -- JSON of crm::Filter
    description  TEXT,
    is_shared    INTEGER NOT NULL           -- else only its owner and administrators see it
) STRICT;
CREATE UNIQUE INDEX saved_filter_by_owner_name ON saved_filter (owner_id, name_key, kind);
CREATE INDEX saved_filter_by_shared_name ON saved_filter (is_shared, name_key);
CREATE INDEX saved_filter_by_name ON saved_filter (name_key);
CREATE INDEX saved_filter_by_unit_name ON saved_filter (unit_id, name_key);
CREATE INDEX saved_filter_by_territory_name ON saved_filter (territory_id, name_key);
