-- Lead queues: where leads wait for a seller, and who takes from them.
CREATE TABLE lead_queue (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,           -- folded
    rule        TEXT    NOT NULL,           -- in_order, round_robin, least_busy: checked by the engine
    is_active   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lead_queue_by_name_key ON lead_queue (name_key);

CREATE TABLE lead_queue_member (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    queue_id    INTEGER NOT NULL REFERENCES lead_queue,
    user_id     INTEGER NOT NULL REFERENCES user
) STRICT;
CREATE UNIQUE INDEX lead_queue_member_by_queue ON lead_queue_member (queue_id, user_id);
CREATE INDEX lead_queue_member_by_user ON lead_queue_member (user_id);
