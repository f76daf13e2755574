-- Movements of parties between grades of loyalty.
CREATE TABLE loyalty_movement (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    from_grade  TEXT,                       -- list loyalty_grade
    to_grade    TEXT,                       -- list loyalty_grade
    moved_on    TEXT    NOT NULL,
    reason      TEXT,                       -- list loyalty_reason
    competitor_id INTEGER REFERENCES party,
    note        TEXT
) STRICT;
CREATE INDEX loyalty_movement_by_party ON loyalty_movement (party_id, moved_on);
CREATE INDEX loyalty_movement_by_day ON loyalty_movement (moved_on);
CREATE INDEX loyalty_movement_by_competitor ON loyalty_movement (competitor_id) WHERE competitor_id IS NOT NULL;
