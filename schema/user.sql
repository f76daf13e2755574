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

-- Positions: the posts of the company, a tree; who holds one holds its rights.
CREATE TABLE position (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,
    unit_id     INTEGER REFERENCES unit,
    parent_id   INTEGER REFERENCES position
) STRICT;
CREATE INDEX position_by_name ON position (name_key);
CREATE INDEX position_by_unit ON position (unit_id) WHERE unit_id IS NOT NULL;
CREATE INDEX position_by_parent ON position (parent_id) WHERE parent_id IS NOT NULL;

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
    is_active   INTEGER NOT NULL,
    position_id INTEGER REFERENCES position,
    phone       TEXT,
    mobile      TEXT,
    email       TEXT,
    interests   TEXT
) STRICT;
CREATE UNIQUE INDEX user_by_login_key ON user (login_key);
CREATE INDEX user_by_unit ON user (unit_id);
CREATE INDEX user_by_position ON user (position_id) WHERE position_id IS NOT NULL;

-- What a user knows.
CREATE TABLE user_skill (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    user_id     INTEGER NOT NULL REFERENCES user,
    skill       TEXT    NOT NULL CHECK (skill <> ''),
    skill_key   TEXT    NOT NULL,
    level       INTEGER                     -- 1 to 5
) STRICT;
CREATE UNIQUE INDEX user_skill_by_user ON user_skill (user_id, skill_key);
CREATE INDEX user_skill_by_skill ON user_skill (skill_key, level);

-- Groups of users that share rights, a tree: members of a group have the rights of those above it.
CREATE TABLE user_group (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,
    parent_id   INTEGER REFERENCES user_group
) STRICT;
CREATE UNIQUE INDEX user_group_by_name_key ON user_group (name_key);
CREATE INDEX user_group_by_parent ON user_group (parent_id) WHERE parent_id IS NOT NULL;
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
