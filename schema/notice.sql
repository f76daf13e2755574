-- Notices: what a user is told of the doings of others. Not records: no history, no undo of having read.
CREATE TABLE notice (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES user,       -- who is told
    command_id  INTEGER NOT NULL REFERENCES command,    -- who did it and when
    reason      TEXT    NOT NULL,           -- list notice_reason
    record_id   INTEGER NOT NULL,           -- what it is about; 0: no record
    text        TEXT,
    read_at     INTEGER                     -- when it was handed out
) STRICT;
CREATE UNIQUE INDEX notice_by_command ON notice (command_id, user_id, reason, record_id);
CREATE INDEX notice_unread ON notice (user_id, id) WHERE read_at IS NULL;
CREATE INDEX notice_by_user ON notice (user_id, id);
CREATE INDEX notice_by_record ON notice (record_id);
