-- Leads: people and companies that may become clients, apart from the register of parties.
CREATE TABLE lead (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    first_name  TEXT,
    last_name   TEXT,
    patronymic  TEXT,
    nick_name   TEXT,
    company     TEXT,
    name        TEXT    NOT NULL CHECK (name <> ''), -- derived: of the person, else the company's
    name_key    TEXT    NOT NULL,           -- folded "last first patronymic"
    first_key   TEXT    NOT NULL,           -- folded "first last"
    company_key TEXT,                       -- folded
    job_title   TEXT,
    tax_code    TEXT,                       -- the company's
    source      TEXT,                       -- list source
    source_note TEXT,
    score       INTEGER,                    -- 0 to 100
    state       TEXT    NOT NULL,           -- new, queued, taken, converted, unpromising: checked by the engine
    reason      TEXT,                       -- list lead_reason
    reason_note TEXT,
    queue_id    INTEGER REFERENCES lead_queue, -- where it waits, or waited last
    queued_at   INTEGER,
    queued_by_id INTEGER REFERENCES user,   -- who put it there
    taken_at    INTEGER,
    party_id    INTEGER REFERENCES party,   -- what it became
    contact_id  INTEGER REFERENCES contact,
    project_id  INTEGER REFERENCES project
) STRICT;
CREATE INDEX lead_by_name ON lead (name_key);
CREATE INDEX lead_by_owner_name ON lead (owner_id, name_key);
CREATE INDEX lead_by_unit_name ON lead (unit_id, name_key);
CREATE INDEX lead_by_territory_name ON lead (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX lead_by_first ON lead (first_key);
CREATE INDEX lead_by_company ON lead (company_key) WHERE company_key IS NOT NULL;
CREATE INDEX lead_queued ON lead (queue_id, score DESC, queued_at) WHERE state = 'queued';
CREATE INDEX lead_taken ON lead (owner_id) WHERE state = 'taken';
CREATE INDEX lead_by_queue ON lead (queue_id, owner_id, taken_at) WHERE queue_id IS NOT NULL;
CREATE INDEX lead_by_queued_by ON lead (queued_by_id) WHERE queued_by_id IS NOT NULL;
CREATE INDEX lead_by_party ON lead (party_id) WHERE party_id IS NOT NULL;
CREATE INDEX lead_by_contact ON lead (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX lead_by_project ON lead (project_id) WHERE project_id IS NOT NULL;
CREATE TABLE lead_body (
    id          INTEGER PRIMARY KEY REFERENCES lead,
    description TEXT
) STRICT;
CREATE VIEW lead_text AS
    SELECT l.id, l.name, l.company, l.nick_name, l.job_title, b.description
    FROM lead l LEFT JOIN lead_body b ON b.id = l.id;
CREATE VIRTUAL TABLE lead_fts USING fts5(
    name, company, nick_name, job_title, description,
    content='lead_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');
