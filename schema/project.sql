-- Projects: what activities hang on; subprojects are projects with a parent.
CREATE TABLE project (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    code        TEXT    NOT NULL CHECK (code <> ''),
    code_key    TEXT    NOT NULL,           -- folded
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,           -- folded
    type        TEXT,                       -- list project_type
    status      TEXT,                       -- list project_status
    priority    TEXT,                       -- list priority
    state       TEXT    NOT NULL,           -- planned, started, completed, cancelled: checked by the engine
    party_id    INTEGER REFERENCES party,
    parent_id   INTEGER REFERENCES project,
    start_on    TEXT,
    due_on      TEXT,
    ended_on    TEXT                        -- when it really ended
) STRICT;
CREATE UNIQUE INDEX project_by_code_key ON project (code_key);
CREATE INDEX project_by_name ON project (name_key);
CREATE INDEX project_by_owner_name ON project (owner_id, name_key);
CREATE INDEX project_by_unit_name ON project (unit_id, name_key);
CREATE INDEX project_by_territory_name ON project (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX project_by_owner_party ON project (owner_id, party_id) WHERE party_id IS NOT NULL;
CREATE INDEX project_by_party ON project (party_id, name_key) WHERE party_id IS NOT NULL;
CREATE INDEX project_by_parent ON project (parent_id, name_key) WHERE parent_id IS NOT NULL;
CREATE TABLE project_body (
    id          INTEGER PRIMARY KEY REFERENCES project,
    description TEXT
) STRICT;
CREATE VIEW project_text AS
    SELECT p.id, p.name, p.code, b.description FROM project p LEFT JOIN project_body b ON b.id = p.id;
CREATE VIRTUAL TABLE project_fts USING fts5(
    name, code, description,
    content='project_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');
