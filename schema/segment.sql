-- Segments: groups of records of one kind, by hand or by what they are like.
CREATE TABLE segment (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    owner_id     INTEGER NOT NULL REFERENCES user,
    unit_id      INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    kind         TEXT    NOT NULL,          -- name of the kind of its members
    name         TEXT    NOT NULL CHECK (name <> ''),
    name_key     TEXT    NOT NULL,          -- folded
    condition    TEXT,                      -- JSON of crm::Filter; NULL: its members are segment_member
    description  TEXT,
    is_shared    INTEGER NOT NULL           -- else only its owner and administrators see it
) STRICT;
CREATE UNIQUE INDEX segment_by_owner_name ON segment (owner_id, name_key, kind);
CREATE INDEX segment_by_shared_name ON segment (is_shared, name_key);
CREATE INDEX segment_by_name ON segment (name_key);
CREATE INDEX segment_by_unit_name ON segment (unit_id, name_key);
CREATE INDEX segment_by_territory_name ON segment (territory_id, name_key);

-- The members of static segments.
CREATE TABLE segment_member (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    record_id    INTEGER NOT NULL,          -- of the segment's kind
    segment_id   INTEGER NOT NULL REFERENCES segment
) STRICT;
CREATE UNIQUE INDEX segment_member_by_segment ON segment_member (segment_id, record_id);
CREATE INDEX segment_member_by_record ON segment_member (record_id);
