-- the trash
UPDATE meta SET value = 3 WHERE key IN ('min_reader', 'min_writer');

CREATE INDEX change_removal ON change (command_id, ref) WHERE substr(before, 1, 6) = '{"id":';

-- erasure
CREATE TABLE erasure (
    id             INTEGER PRIMARY KEY,
    command_id     INTEGER NOT NULL REFERENCES command, -- who and when
    person_id      INTEGER NOT NULL,        -- the id that the person had
    reason         TEXT    NOT NULL,        -- the caller's words
    records        INTEGER NOT NULL,        -- rows removed: both halves of the person and all that belonged to them
    history_rows   INTEGER NOT NULL,        -- rows of history whose values were removed
    external_keys  INTEGER NOT NULL,        -- keys of other systems among the rows
    cleared        INTEGER NOT NULL,        -- references of other records that were cleared
    commands       INTEGER NOT NULL,        -- commands whose key, arguments and result were removed
    sources        INTEGER NOT NULL,        -- imports whose source or options named the person
    scrub_ended_at INTEGER,                 -- microseconds UTC: no byte of the person is left in the file
    lifted_in      INTEGER REFERENCES command -- the command that let the person come back
) STRICT;

-- How far the scrub of each part of the file is: every search index, then the pages.
CREATE TABLE scrub (
    part           TEXT PRIMARY KEY,        -- name of a search index, or pages
    begun_for      INTEGER NOT NULL,        -- the newest erasure when the present round began
    ended_for      INTEGER NOT NULL,        -- the newest erasure when the last complete round began
    next_page      INTEGER NOT NULL         -- of the pages: where the present round goes on
) STRICT, WITHOUT ROWID;

-- Suppressions: keyed hashes of what an erased person is known by, so that an import does not bring them back.
CREATE TABLE suppression (
    hash           BLOB    NOT NULL,
    erasure_id     INTEGER NOT NULL REFERENCES erasure,
    PRIMARY KEY (hash, erasure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_by_erasure ON suppression (erasure_id);

-- Removed records by whom they belonged to, so that an erasure finds them. Not by json_extract, which SQLite does
-- not trust in a schema; a quote inside a value has a backslash before it, so what is found is a name.
CREATE INDEX change_removed_of ON change (CAST(substr(before, CASE
    WHEN instr(before, '"record_id":') THEN instr(before, '"record_id":') + 12
    WHEN instr(before, '"contact_id":') THEN instr(before, '"contact_id":') + 13
    WHEN instr(before, '"party_id":') THEN instr(before, '"party_id":') + 11
    WHEN instr(before, '"person_id":') THEN instr(before, '"person_id":') + 12 END, 20) AS INTEGER))
    WHERE substr(before, 1, 6) = '{"id":' AND (ref & 255) NOT IN (16, 23); -- parties and activities belong to nobody

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
CREATE INDEX merged_by_into ON merged (into_id);
CREATE INDEX merged_by_command ON merged (command_id);
