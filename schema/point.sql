-- Contact points: phones, e-mails, faxes, URLs of parties, contacts and leads.
CREATE TABLE point (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party, contact or lead
    type        TEXT    NOT NULL,           -- list point_type
    value       TEXT    NOT NULL CHECK (value <> ''), -- as typed
    normalized  TEXT    NOT NULL,           -- what look-up uses
    label       TEXT,
    is_primary  INTEGER NOT NULL
) STRICT;
CREATE INDEX point_by_record ON point (record_id);
CREATE INDEX point_by_normalized ON point (normalized);
