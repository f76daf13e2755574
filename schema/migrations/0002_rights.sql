-- rights by position and territory, field rights, passwords, profiles
UPDATE meta SET value = 2 WHERE key IN ('min_reader', 'min_writer');

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

ALTER TABLE user ADD COLUMN position_id INTEGER REFERENCES position;
ALTER TABLE user ADD COLUMN phone TEXT;
ALTER TABLE user ADD COLUMN mobile TEXT;
ALTER TABLE user ADD COLUMN email TEXT;
ALTER TABLE user ADD COLUMN interests TEXT;
CREATE INDEX user_by_position ON user (position_id) WHERE position_id IS NOT NULL;

CREATE TABLE user_skill (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    user_id     INTEGER NOT NULL REFERENCES user,
    skill       TEXT    NOT NULL CHECK (skill <> ''),
    skill_key   TEXT    NOT NULL,
    level       INTEGER
) STRICT;
CREATE UNIQUE INDEX user_skill_by_user ON user_skill (user_id, skill_key);
CREATE INDEX user_skill_by_skill ON user_skill (skill_key, level);

ALTER TABLE user_group ADD COLUMN parent_id INTEGER REFERENCES user_group;
CREATE INDEX user_group_by_parent ON user_group (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE territory_member (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    territory_id INTEGER NOT NULL REFERENCES territory,
    holder_id   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX territory_member_by_holder ON territory_member (holder_id, territory_id);
CREATE INDEX territory_member_by_territory ON territory_member (territory_id);

CREATE TABLE field_right (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    holder_id   INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    field       TEXT    NOT NULL,
    level       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX field_right_by_holder ON field_right (holder_id, kind, field);

ALTER TABLE share ADD COLUMN ends_on TEXT;

CREATE TABLE credential (
    user_id    INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE,
    hash       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE login_attempt (
    bucket     INTEGER PRIMARY KEY,
    failures   INTEGER NOT NULL,
    free_at    INTEGER NOT NULL
) STRICT;

DROP INDEX party_by_territory;
DROP INDEX contact_by_territory;
DROP INDEX activity_by_territory;
CREATE INDEX party_by_territory_name ON party (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX contact_by_territory_name ON contact (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX activity_by_territory_start ON activity (territory_id, start_at) WHERE territory_id IS NOT NULL;
CREATE INDEX activity_by_owner_party ON activity (owner_id, party_id) WHERE party_id IS NOT NULL;
CREATE INDEX activity_by_owner_contact ON activity (owner_id, contact_id) WHERE contact_id IS NOT NULL;
