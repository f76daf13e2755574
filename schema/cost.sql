-- Costs of activities, in any currency.
CREATE TABLE cost (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    type        TEXT    NOT NULL,           -- list cost_type
    amount_minor    INTEGER NOT NULL,
    amount_currency TEXT,
    spent_on    TEXT    NOT NULL,
    note        TEXT
) STRICT;
CREATE INDEX cost_by_activity ON cost (activity_id, spent_on);
