-- Time entries: minutes that a user worked on an activity on one day.
CREATE TABLE time_entry (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    user_id     INTEGER NOT NULL REFERENCES user,
    worked_on   TEXT    NOT NULL,
    minutes     INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    note        TEXT
) STRICT;
CREATE INDEX time_entry_by_activity ON time_entry (activity_id);
CREATE INDEX time_entry_by_user_day ON time_entry (user_id, worked_on);
CREATE INDEX time_entry_by_day ON time_entry (worked_on);
