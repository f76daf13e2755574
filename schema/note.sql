-- Notes on any root record.
CREATE TABLE note (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- any root
    title       TEXT,
    author_id   INTEGER NOT NULL REFERENCES user,
    written_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX note_by_record ON note (record_id, written_at);
CREATE INDEX note_by_author ON note (author_id, written_at);
CREATE TABLE note_body (
    id          INTEGER PRIMARY KEY REFERENCES note,
    text        TEXT
) STRICT;
CREATE VIEW note_text AS SELECT n.id, n.title, b.text FROM note n LEFT JOIN note_body b ON b.id = n.id;
CREATE VIRTUAL TABLE note_fts USING fts5(
    title, text,
    content='note_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');
