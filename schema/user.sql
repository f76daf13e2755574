-- Units: the departments of the company, a tree.
CREATE TABLE unit (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,           -- folded
    parent_id   INTEGER REFERENCES unit,
    is_active   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX unit_by_name_key ON unit (name_key);
CREATE INDEX unit_by_parent ON unit (parent_id);

-- Users: those of us who work with the file.
CREATE TABLE user (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    login       TEXT    NOT NULL CHECK (login <> ''),
    login_key   TEXT    NOT NULL,           -- folded
    name        TEXT    NOT NULL,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    language    TEXT,                       -- NULL: the file's
    zone        TEXT,                       -- NULL: the file's
    is_active   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_by_login_key ON user (login_key);
CREATE INDEX user_by_unit ON user (unit_id);

-- Groups of users that share rights.
CREATE TABLE user_group (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX user_group_by_name_key ON user_group (name_key);
CREATE TABLE user_group_member (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    group_id    INTEGER NOT NULL REFERENCES user_group,
    user_id     INTEGER NOT NULL REFERENCES user
) STRICT;
CREATE UNIQUE INDEX user_group_member_by_user ON user_group_member (user_id, group_id);
CREATE INDEX user_group_member_by_group ON user_group_member (group_id);

-- Territories: sales regions, a tree. Every root record refers to one or to none.
CREATE TABLE territory (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    parent_id   INTEGER REFERENCES territory
) STRICT;
CREATE INDEX territory_by_parent ON territory (parent_id);

-- Rights: holder (user or group) × kind × action × scope.
CREATE TABLE access_right (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    holder_id   INTEGER NOT NULL,           -- user or user_group, told by the id
    kind        TEXT    NOT NULL,           -- name of a root kind, or *
    action      TEXT    NOT NULL,           -- read, create, change, delete, export, assign; administer
    scope       TEXT    NOT NULL            -- own, unit, units_below, shared, all
) STRICT;
CREATE UNIQUE INDEX access_right_by_holder ON access_right (holder_id, kind, action, scope);

-- Shares: one record shown to one user or group.
CREATE TABLE share (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- any root
    grantee_id  INTEGER NOT NULL,           -- user or user_group
    level       TEXT    NOT NULL            -- read, change
) STRICT;
CREATE UNIQUE INDEX share_by_grantee ON share (grantee_id, record_id);
CREATE INDEX share_by_record ON share (record_id);
