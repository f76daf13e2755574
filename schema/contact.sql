-- Contacts: the people who speak for parties, or for nobody.
CREATE TABLE contact (
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
    name        TEXT    NOT NULL CHECK (name <> ''), -- derived: first, patronymic, last
    name_key    TEXT    NOT NULL,           -- folded "last first patronymic"
    first_key   TEXT    NOT NULL,           -- folded "first last"
    title       TEXT,
    type        TEXT,                       -- list contact_type
    status      TEXT,                       -- list contact_status
    sex         TEXT,                       -- list sex
    born_on     TEXT,
    person_id   INTEGER REFERENCES party,   -- the natural-person party that this contact is
    occupation  TEXT,
    income_level TEXT,                      -- list income_level
    attitude    TEXT,                       -- list attitude
    prospects   TEXT,                       -- list prospects
    purchasing_budget_minor    INTEGER,     -- a year
    purchasing_budget_currency TEXT
) STRICT;
CREATE INDEX contact_by_name ON contact (name_key);
CREATE INDEX contact_by_owner_name ON contact (owner_id, name_key);
CREATE INDEX contact_by_unit_name ON contact (unit_id, name_key);
CREATE INDEX contact_by_territory_name ON contact (territory_id, name_key) WHERE territory_id IS NOT NULL;
CREATE INDEX contact_by_first ON contact (first_key);
CREATE UNIQUE INDEX contact_by_person ON contact (person_id) WHERE person_id IS NOT NULL;
CREATE TABLE contact_body (
    id          INTEGER PRIMARY KEY REFERENCES contact,
    description TEXT,
    preferences TEXT
) STRICT;
CREATE VIEW contact_text AS
    SELECT c.id, c.name, c.nick_name, c.title, b.description
    FROM contact c LEFT JOIN contact_body b ON b.id = c.id;
CREATE VIRTUAL TABLE contact_fts USING fts5(
    name, nick_name, title, description,
    content='contact_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');

-- Memberships: for which party a contact speaks, in which position and when.
CREATE TABLE membership (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    contact_id  INTEGER NOT NULL REFERENCES contact,
    party_id    INTEGER NOT NULL REFERENCES party,
    position    TEXT,
    starts_on   TEXT,
    ends_on     TEXT                        -- the last day
) STRICT;
CREATE INDEX membership_by_contact ON membership (contact_id, party_id);
CREATE INDEX membership_by_party ON membership (party_id);
