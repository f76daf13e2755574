-- Erasures: people whose data was removed for good. Of the person nothing stands here but an id that nobody has any more.
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
