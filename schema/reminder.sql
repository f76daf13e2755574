-- Reminders: what a user wants to be told some time before an activity or a memorable date.
CREATE TABLE reminder (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- activity, party, contact; any root where remind_at is given
    user_id     INTEGER NOT NULL REFERENCES user,
    before      INTEGER,                    -- minutes
    remind_at   INTEGER,
    text        TEXT
) STRICT;
CREATE INDEX reminder_by_record ON reminder (record_id);
CREATE INDEX reminder_by_user ON reminder (user_id);

-- When each is due next and what was handed out of it: follows from the records and the clock, so it has no history.
CREATE TABLE reminder_due (
    reminder_id INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    due_at      INTEGER,                    -- NULL: nothing to come
    event_at    INTEGER,                    -- what is due then: the start, the day, the instant
    handed_event_at INTEGER,                -- the last one handed out
    handed_at   INTEGER,
    snoozed_until INTEGER,                  -- it comes again then, unless something is due before
    snoozed_event_at INTEGER
) STRICT;
CREATE INDEX reminder_due_by_user ON reminder_due (user_id, due_at) WHERE due_at IS NOT NULL;

-- Starts of activities that were handed out and are to come yet: those of a series not in the order of its rule.
CREATE TABLE reminder_handed (
    reminder_id INTEGER NOT NULL,
    event_at    INTEGER NOT NULL,           -- as above; of an occurrence of a series when it was to start at first
    starts_at   INTEGER NOT NULL,           -- when it was to start as it stood
    PRIMARY KEY (reminder_id, event_at, starts_at)
) STRICT, WITHOUT ROWID;
