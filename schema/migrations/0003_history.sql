-- the trash
UPDATE meta SET value = 3 WHERE key IN ('min_reader', 'min_writer');

CREATE INDEX change_removal ON change (command_id, ref) WHERE substr(before, 1, 6) = '{"id":';

-- which commands an undo turned back
CREATE TABLE undone (
    command_id INTEGER NOT NULL REFERENCES command,
    undone_by  INTEGER NOT NULL REFERENCES command,
    ref        INTEGER NOT NULL,
    PRIMARY KEY (command_id, undone_by, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX undone_by_undoing ON undone (undone_by, command_id, ref);
CREATE TABLE undone_left (
    undone_by  INTEGER NOT NULL REFERENCES command,
    command_id INTEGER NOT NULL REFERENCES command,
    ref        INTEGER NOT NULL,
    field      TEXT    NOT NULL,
    PRIMARY KEY (undone_by, command_id, ref, field)
) STRICT, WITHOUT ROWID;
INSERT INTO undone (command_id, undone_by, ref)
    SELECT undo_of, id, 0 FROM command WHERE undo_of IS NOT NULL
    UNION SELECT c.id, r.undone_in, 0 FROM run AS r JOIN command AS c ON c.run_id = r.id WHERE r.undone_in IS NOT NULL;

-- custom properties
CREATE TABLE property (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,           -- x_…; the column has it too
    type        TEXT    NOT NULL,           -- text, long_text, integer, real, date, time, flag, choice, reference, money
    list        TEXT,                       -- of a choice
    target      TEXT,                       -- of a reference: a kind
    is_required INTEGER NOT NULL,
    is_unique   INTEGER NOT NULL,
    is_searchable INTEGER NOT NULL,
    default_value TEXT,                     -- JSON
    position    INTEGER NOT NULL,
    is_retired  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX property_by_kind ON property (kind, name);
CREATE TABLE property_label (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    definition_id INTEGER NOT NULL REFERENCES property,
    language    TEXT    NOT NULL,
    label       TEXT    NOT NULL CHECK (label <> '')
) STRICT;
CREATE UNIQUE INDEX property_label_by_definition ON property_label (definition_id, language);

-- Distinct pairs: records of which somebody said that they are not the same.
CREATE TABLE distinct_pair (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party or contact; the smaller id
    other_id    INTEGER NOT NULL            -- of the same kind
) STRICT;
CREATE UNIQUE INDEX distinct_pair_by_record ON distinct_pair (record_id, other_id);
CREATE INDEX distinct_pair_by_other ON distinct_pair (other_id);

-- Where a record went in a merge. Holds as long as the removal by that command is the last that happened to it.
CREATE TABLE merged (
    id          INTEGER PRIMARY KEY,        -- the record that went
    into_id     INTEGER NOT NULL,
    command_id  INTEGER NOT NULL REFERENCES command
) STRICT;
CREATE INDEX merged_by_command ON merged (command_id);
