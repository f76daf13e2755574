-- Attachments: files of records, inside the CRM file or at a path.
CREATE TABLE attachment (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- any root
    file_name   TEXT    NOT NULL CHECK (file_name <> ''),
    media_type  TEXT,
    size        INTEGER,                    -- bytes of the content in the file
    digest      TEXT,                       -- BLAKE2b-256 of it, hexadecimal
    path        TEXT                        -- where the file stands, if not in here
) STRICT;
CREATE INDEX attachment_by_record ON attachment (record_id);

-- Contents of files, each once. Not records: history keeps digests, and never bytes.
CREATE TABLE file_content (
    id          INTEGER PRIMARY KEY,
    digest      TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    bytes       BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX file_content_by_digest ON file_content (digest);

-- Which record has which content: also of records removed, until their contents are let go of.
CREATE TABLE file_use (
    record_id   INTEGER PRIMARY KEY,
    content_id  INTEGER NOT NULL REFERENCES file_content
) STRICT;
CREATE INDEX file_use_by_content ON file_use (content_id);
