-- Rights: holder (user, group or position) × kind × action × scope.
CREATE TABLE access_right (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    holder_id   INTEGER NOT NULL,           -- user, user_group or position, told by the id
    kind        TEXT    NOT NULL,           -- name of a root kind, or *
    action      TEXT    NOT NULL,           -- read, create, change, delete, export, assign; a function
    scope       TEXT    NOT NULL            -- own, unit, units_below, territory, shared, given, all
) STRICT;
CREATE UNIQUE INDEX access_right_by_holder ON access_right (holder_id, kind, action, scope);

-- Field rights: what a holder may not see, or not change, of a kind.
CREATE TABLE field_right (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    holder_id   INTEGER NOT NULL,           -- user, user_group or position
    kind        TEXT    NOT NULL,
    field       TEXT    NOT NULL,           -- name of a column
    level       TEXT    NOT NULL            -- hidden, locked
) STRICT;
CREATE UNIQUE INDEX field_right_by_holder ON field_right (holder_id, kind, field);

-- Shares: one record shown to one user or group, for good or until a day.
CREATE TABLE share (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- any root
    grantee_id  INTEGER NOT NULL,           -- user, user_group or position
    level       TEXT    NOT NULL,           -- read, change
    ends_on     TEXT                        -- last day, in the file's zone
) STRICT;
CREATE UNIQUE INDEX share_by_grantee ON share (grantee_id, record_id);
CREATE INDEX share_by_record ON share (record_id);
