-- Version 4: projects, what is known of parties and contacts beyond their names, segments, saved filters.
UPDATE meta SET value = 4 WHERE key IN ('min_reader', 'min_writer');

-- [projects]
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

ALTER TABLE activity ADD COLUMN project_id INTEGER REFERENCES project;
CREATE INDEX activity_by_owner_project ON activity (owner_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX activity_by_project ON activity (project_id, start_at) WHERE project_id IS NOT NULL;

ALTER TABLE party ADD COLUMN source_note TEXT;

-- [people]
-- Bank accounts of parties, at any bank and in any currency.
CREATE TABLE bank_account (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    number      TEXT    NOT NULL CHECK (number <> ''), -- as given
    iban        TEXT,                       -- where the number is one: without blanks, upper case
    number_key  TEXT    NOT NULL,           -- letters and digits only, folded: what look-up uses
    bank_name   TEXT,
    bic         TEXT,                       -- ISO 9362
    currency    TEXT,                       -- ISO 4217
    is_primary  INTEGER NOT NULL,
    note        TEXT
) STRICT;
CREATE INDEX bank_account_by_party ON bank_account (party_id);
CREATE INDEX bank_account_by_number ON bank_account (number_key);

-- Links between parties: "party is <type> other", for a time.
CREATE TABLE party_link (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    other_id    INTEGER NOT NULL REFERENCES party,
    type        TEXT    NOT NULL,           -- list party_link_type
    starts_on   TEXT,
    ends_on     TEXT,                       -- the last day
    note        TEXT
) STRICT;
CREATE INDEX party_link_by_party ON party_link (party_id, type);
CREATE INDEX party_link_by_other ON party_link (other_id, type);

-- Memorable dates: days that come back every year.
CREATE TABLE memorable_date (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party or contact
    type        TEXT    NOT NULL,           -- list memorable_date_type
    month       INTEGER NOT NULL,           -- 1 to 12
    day         INTEGER NOT NULL,           -- 1 to 31
    year        INTEGER,                    -- of the first time
    month_day   TEXT    NOT NULL,           -- MM-DD
    label       TEXT
) STRICT;
CREATE INDEX memorable_date_by_record ON memorable_date (record_id);
CREATE INDEX memorable_date_by_month_day ON memorable_date (month_day);

-- Birthdays of contacts, by month and day.
CREATE INDEX contact_by_birthday ON contact (substr(born_on, 6)) WHERE born_on IS NOT NULL;

-- Kinship: "kin is <relation> of contact"; another contact, or somebody known by name only.
CREATE TABLE kinship (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    contact_id  INTEGER NOT NULL REFERENCES contact,
    relation    TEXT    NOT NULL,           -- list kinship_relation
    kin_id      INTEGER REFERENCES contact,
    name        TEXT,                       -- of kin that is no contact
    born_on     TEXT,                       -- of kin that is no contact
    note        TEXT
) STRICT;
CREATE INDEX kinship_by_contact ON kinship (contact_id);
CREATE INDEX kinship_by_kin ON kinship (kin_id) WHERE kin_id IS NOT NULL;
CREATE INDEX kinship_by_birthday ON kinship (substr(born_on, 6)) WHERE born_on IS NOT NULL;

-- Consent: what contacts said about being reached by a channel. The newest statement counts.
CREATE TABLE consent (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    contact_id  INTEGER NOT NULL REFERENCES contact,
    channel     TEXT    NOT NULL,           -- list consent_channel; any
    state       TEXT    NOT NULL,           -- given, withdrawn
    stated_at   INTEGER NOT NULL,
    source      TEXT
) STRICT;
CREATE INDEX consent_by_contact ON consent (contact_id, stated_at);
CREATE TABLE consent_body (
    id          INTEGER PRIMARY KEY REFERENCES consent,
    evidence    TEXT
) STRICT;

-- [segments and filters]
CREATE TABLE saved_filter (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    owner_id     INTEGER NOT NULL REFERENCES user,
    unit_id      INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    kind         TEXT    NOT NULL,          -- name of the kind of record that it filters
    name         TEXT    NOT NULL CHECK (name <> ''),
    name_key     TEXT    NOT NULL,          -- folded
    condition    TEXT    NOT NULL,          -- JSON of crm::Filter
    description  TEXT,
    is_shared    INTEGER NOT NULL           -- else only its owner and administrators see it
) STRICT;
CREATE UNIQUE INDEX saved_filter_by_owner_name ON saved_filter (owner_id, name_key, kind);
CREATE INDEX saved_filter_by_shared_name ON saved_filter (is_shared, name_key);
CREATE INDEX saved_filter_by_name ON saved_filter (name_key);
CREATE INDEX saved_filter_by_unit_name ON saved_filter (unit_id, name_key);
CREATE INDEX saved_filter_by_territory_name ON saved_filter (territory_id, name_key);

CREATE TABLE segment (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    owner_id     INTEGER NOT NULL REFERENCES user,
    unit_id      INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    kind         TEXT    NOT NULL,          -- name of the kind of its members
    name         TEXT    NOT NULL CHECK (name <> ''),
    name_key     TEXT    NOT NULL,          -- folded
    condition    TEXT,                      -- JSON of crm::Filter; NULL: its members are segment_member
    description  TEXT,
    is_shared    INTEGER NOT NULL           -- else only its owner and administrators see it
) STRICT;
CREATE UNIQUE INDEX segment_by_owner_name ON segment (owner_id, name_key, kind);
CREATE INDEX segment_by_shared_name ON segment (is_shared, name_key);
CREATE INDEX segment_by_name ON segment (name_key);
CREATE INDEX segment_by_unit_name ON segment (unit_id, name_key);
CREATE INDEX segment_by_territory_name ON segment (territory_id, name_key);

-- The members of static segments.
CREATE TABLE segment_member (
    id           INTEGER PRIMARY KEY,
    version      INTEGER NOT NULL,
    created_in   INTEGER NOT NULL REFERENCES command,
    changed_in   INTEGER NOT NULL REFERENCES command,
    record_id    INTEGER NOT NULL,          -- of the segment's kind
    segment_id   INTEGER NOT NULL REFERENCES segment
) STRICT;
CREATE UNIQUE INDEX segment_member_by_segment ON segment_member (segment_id, record_id);
CREATE INDEX segment_member_by_record ON segment_member (record_id);

-- [loyalty and profile]

-- [leads]

-- [notices and reminders]
-- Notices: what a user is told of the doings of others. Not records: no history, no undo of having read.
CREATE TABLE notice (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES user,       -- who is told
    command_id  INTEGER NOT NULL REFERENCES command,    -- who did it and when
    reason      TEXT    NOT NULL,           -- list notice_reason
    record_id   INTEGER NOT NULL,           -- what it is about; 0: no record
    text        TEXT,
    read_at     INTEGER                     -- when it was handed out
) STRICT;
CREATE UNIQUE INDEX notice_by_command ON notice (command_id, user_id, reason, record_id);
CREATE INDEX notice_unread ON notice (user_id, id) WHERE read_at IS NULL;
CREATE INDEX notice_by_user ON notice (user_id, id);
CREATE INDEX notice_by_record ON notice (record_id);

-- Reminders: what a user wants to be told some time before an activity or a memorable date.
CREATE TABLE reminder (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- activity, party, contact; any root where remind_at is given
    user_id     INTEGER NOT NULL REFERENCES user,
    before      INTEGER,                    -- minutes
    remind_at   INTEGER,
    text        TEXT
) STRICT;
CREATE INDEX reminder_by_record ON reminder (record_id);
CREATE INDEX reminder_by_user ON reminder (user_id);

-- When each is due next and what was handed out of it: follows from the records and the clock, so it has no history.
CREATE TABLE reminder_due (
    reminder_id INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL,
    due_at      INTEGER,                    -- NULL: nothing to come
    event_at    INTEGER,                    -- what is due then: the start, the day, the instant
    handed_event_at INTEGER,                -- the last one handed out
    handed_at   INTEGER
) STRICT;
CREATE INDEX reminder_due_by_user ON reminder_due (user_id, due_at) WHERE due_at IS NOT NULL;

-- [calls]

-- [working time]

-- [calendar]

-- [participants, costs and files]
