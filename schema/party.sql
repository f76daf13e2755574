-- Parties: the organisations and natural persons we deal with.
CREATE TABLE party (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    code        TEXT    NOT NULL CHECK (code <> ''),
    code_key    TEXT    NOT NULL,           -- folded
    name        TEXT    NOT NULL CHECK (name <> ''), -- of a person: repeated from its contact
    name_key    TEXT    NOT NULL,           -- folded
    nature      TEXT    NOT NULL CHECK (nature IN ('organisation', 'person')),
    type        TEXT,                       -- list party_type
    status      TEXT,                       -- list party_status
    industry    TEXT,                       -- list industry
    source      TEXT,                       -- list source
    tax_code    TEXT,
    register_number TEXT,                   -- in the trade register
    country     TEXT,                       -- ISO 3166-1 alpha-2
    employees   INTEGER,
    annual_revenue_minor    INTEGER,
    annual_revenue_currency TEXT,
    source_note TEXT,                       -- what explains the source
    loyalty     TEXT,                       -- list loyalty_grade
    attitude    TEXT,                       -- list attitude
    prospects   TEXT,                       -- list prospects
    purchasing_budget_minor    INTEGER,     -- a year
    purchasing_budget_currency TEXT
) STRICT;
CREATE UNIQUE INDEX party_by_code_key ON party (code_key);
CREATE INDEX party_by_name ON party (name_key);
CREATE INDEX party_by_owner_name ON party (owner_id, name_key);
CREATE INDEX party_by_unit_name ON party (unit_id, name_key);
CREATE INDEX party_by_territory_name ON party (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX party_by_tax_code ON party (tax_code) WHERE tax_code IS NOT NULL;
CREATE TABLE party_body (
    id          INTEGER PRIMARY KEY REFERENCES party,
    description TEXT,
    preferences TEXT
) STRICT;
CREATE VIEW party_text AS
    SELECT p.id, p.name, p.code, b.description FROM party p LEFT JOIN party_body b ON b.id = p.id;
CREATE VIRTUAL TABLE party_fts USING fts5(
    name, code, description,
    content='party_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');

-- Roles: client, supplier, partner … several at the same time.
CREATE TABLE party_role (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    role        TEXT    NOT NULL            -- list party_role
) STRICT;
CREATE UNIQUE INDEX party_role_by_party ON party_role (party_id, role);
CREATE INDEX party_role_of_own ON party_role (party_id) WHERE role = 'own_company';
