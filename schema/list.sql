-- Lists: the values that codes are drawn from. A code never changes; retired ones stay valid on old records.
CREATE TABLE list_value (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    list        TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    is_retired  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX list_value_by_list_code ON list_value (list, code);
CREATE TABLE list_label (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    value_id    INTEGER NOT NULL REFERENCES list_value,
    language    TEXT    NOT NULL,
    label       TEXT    NOT NULL CHECK (label <> '')
) STRICT;
CREATE UNIQUE INDEX list_label_by_value ON list_label (value_id, language);
