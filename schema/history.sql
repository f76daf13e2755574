-- History: every change is a command; a run is many commands that belong together.
CREATE TABLE command (
    id             INTEGER PRIMARY KEY,     -- the file's own counter
    at             INTEGER NOT NULL,        -- microseconds UTC, never going backwards
    user_id        INTEGER NOT NULL REFERENCES user,
    verb           TEXT    NOT NULL,
    key            TEXT,                    -- the caller's idempotency key
    arguments_hash INTEGER,                 -- of what the key stands for
    result         TEXT,
    undo_of        INTEGER REFERENCES command,
    run_id         INTEGER REFERENCES run,
    copy_uuid      TEXT,                    -- of a command that came from another copy: that copy and its number there
    copy_command   INTEGER
) STRICT;
CREATE UNIQUE INDEX command_by_key ON command (user_id, verb, key) WHERE key IS NOT NULL;
CREATE INDEX command_by_undo_of ON command (undo_of) WHERE undo_of IS NOT NULL;
CREATE INDEX command_by_run ON command (run_id) WHERE run_id IS NOT NULL;
CREATE UNIQUE INDEX command_by_copy ON command (copy_uuid, copy_command) WHERE copy_uuid IS NOT NULL;

-- A run of commands: an import.
CREATE TABLE run (
    id          INTEGER PRIMARY KEY,
    verb        TEXT    NOT NULL,
    user_id     INTEGER NOT NULL REFERENCES user,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    source      TEXT,               -- name of what was read
    source_hash TEXT,               -- of its bytes: the same source again is refused
    arguments   TEXT,               -- JSON: mapping and options, for resuming
    cursor      INTEGER NOT NULL DEFAULT 0, -- rows committed so far
    rows        INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL DEFAULT 0,
    updated     INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    rejected    INTEGER NOT NULL DEFAULT 0,
    undone_in   INTEGER REFERENCES command  -- the command that turned the run back
) STRICT;
CREATE INDEX run_by_source_hash ON run (source_hash) WHERE source_hash IS NOT NULL;

-- What a command created: one range of ids a kind.
CREATE TABLE created (
    command_id INTEGER NOT NULL REFERENCES command,
    kind       INTEGER NOT NULL,
    first_id   INTEGER NOT NULL,
    last_id    INTEGER NOT NULL,
    PRIMARY KEY (command_id, kind)
) STRICT, WITHOUT ROWID;

-- What a command changed or removed: the values before, as JSON. {column: old} of a change; the whole row, with
-- "id", of a removal; null where the record was not there before and came back by an undo.
CREATE TABLE change (
    command_id INTEGER NOT NULL REFERENCES command,
    ref        INTEGER NOT NULL,
    before     TEXT    NOT NULL,
    PRIMARY KEY (command_id, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_ref ON change (ref, command_id);
CREATE INDEX change_removal ON change (command_id, ref) WHERE substr(before, 1, 6) = '{"id":'; -- the trash

-- Which commands an undo turned back; a redo is an undo of the undo. A command is undone while one that turned it
-- back stands.
CREATE TABLE undone (
    command_id INTEGER NOT NULL REFERENCES command,
    undone_by  INTEGER NOT NULL REFERENCES command,
    ref        INTEGER NOT NULL,    -- 0: all that it did; else only what it did to this record (a restore from the trash)
    PRIMARY KEY (command_id, undone_by, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX undone_by_undoing ON undone (undone_by, command_id, ref);

-- What such an undo left as it was, because something stood in the way.
CREATE TABLE undone_left (
    undone_by  INTEGER NOT NULL REFERENCES command,
    command_id INTEGER NOT NULL REFERENCES command,
    ref        INTEGER NOT NULL,
    field      TEXT    NOT NULL,    -- '': all of the record; fields that only mean something together go by one name
    PRIMARY KEY (undone_by, command_id, ref, field)
) STRICT, WITHOUT ROWID;

-- The next number of each kind in each copy of the file; ids are never reused.
CREATE TABLE sequence (
    copy_number INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    next        INTEGER NOT NULL,
    PRIMARY KEY (copy_number, kind)
) STRICT, WITHOUT ROWID;
