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

-- Who works in a territory and those below it.
CREATE TABLE territory_member (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    territory_id INTEGER NOT NULL REFERENCES territory,
    holder_id   INTEGER NOT NULL            -- user, user_group or position, told by the id
) STRICT;
CREATE UNIQUE INDEX territory_member_by_holder ON territory_member (holder_id, territory_id);
CREATE INDEX territory_member_by_territory ON territory_member (territory_id);
