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

-- Birthdays of contacts, by month and day; with what tells who sees them, so that hidden ones are passed over in the index.
CREATE INDEX contact_by_birthday ON contact (substr(born_on, 6), id, owner_id, unit_id, territory_id, person_id, born_on)
    WHERE born_on IS NOT NULL;

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

-- Consent: what parties, contacts and leads said about being reached by a channel. The newest statement counts.
CREATE TABLE consent (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party, contact or lead
    channel     TEXT    NOT NULL,           -- list consent_channel; any
    state       TEXT    NOT NULL,           -- given, withdrawn
    stated_at   INTEGER NOT NULL,
    source      TEXT
) STRICT;
CREATE INDEX consent_by_record ON consent (record_id, stated_at);
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
ALTER TABLE party ADD COLUMN loyalty TEXT;
ALTER TABLE party ADD COLUMN attitude TEXT;
ALTER TABLE party ADD COLUMN prospects TEXT;
ALTER TABLE party ADD COLUMN purchasing_budget_minor INTEGER;
ALTER TABLE party ADD COLUMN purchasing_budget_currency TEXT;
ALTER TABLE party_body ADD COLUMN preferences TEXT;
ALTER TABLE contact ADD COLUMN occupation TEXT;
ALTER TABLE contact ADD COLUMN income_level TEXT;
ALTER TABLE contact ADD COLUMN attitude TEXT;
ALTER TABLE contact ADD COLUMN prospects TEXT;
ALTER TABLE contact ADD COLUMN purchasing_budget_minor INTEGER;
ALTER TABLE contact ADD COLUMN purchasing_budget_currency TEXT;
ALTER TABLE contact_body ADD COLUMN preferences TEXT;
CREATE INDEX party_role_of_own ON party_role (party_id) WHERE role = 'own_company';
-- Movements of parties between grades of loyalty.
CREATE TABLE loyalty_movement (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    party_id    INTEGER NOT NULL REFERENCES party,
    from_grade  TEXT,                       -- list loyalty_grade
    to_grade    TEXT,                       -- list loyalty_grade
    moved_on    TEXT    NOT NULL,
    reason      TEXT,                       -- list loyalty_reason
    competitor_id INTEGER REFERENCES party,
    note        TEXT
) STRICT;
CREATE INDEX loyalty_movement_by_party ON loyalty_movement (party_id, moved_on);
CREATE INDEX loyalty_movement_by_day ON loyalty_movement (moved_on);
CREATE INDEX loyalty_movement_by_competitor ON loyalty_movement (competitor_id) WHERE competitor_id IS NOT NULL;

-- [leads]
-- Lead queues: where leads wait for a seller, and who takes from them.
CREATE TABLE lead_queue (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    name        TEXT    NOT NULL CHECK (name <> ''),
    name_key    TEXT    NOT NULL,           -- folded
    rule        TEXT    NOT NULL,           -- in_order, round_robin, least_busy: checked by the engine
    is_active   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lead_queue_by_name_key ON lead_queue (name_key);

CREATE TABLE lead_queue_member (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    queue_id    INTEGER NOT NULL REFERENCES lead_queue,
    user_id     INTEGER NOT NULL REFERENCES user
) STRICT;
CREATE UNIQUE INDEX lead_queue_member_by_queue ON lead_queue_member (queue_id, user_id);
CREATE INDEX lead_queue_member_by_user ON lead_queue_member (user_id);

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

ALTER TABLE activity ADD COLUMN lead_id INTEGER REFERENCES lead;
CREATE INDEX activity_by_owner_lead ON activity (owner_id, lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX activity_by_lead ON activity (lead_id, start_at) WHERE lead_id IS NOT NULL;

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
    handed_at   INTEGER,
    snoozed_until INTEGER,                  -- it comes again then, unless something is due before
    snoozed_event_at INTEGER
) STRICT;
CREATE INDEX reminder_due_by_user ON reminder_due (user_id, due_at) WHERE due_at IS NOT NULL;

-- Starts of activities that were handed out and are to come yet: those of a series not in the order of its rule.
CREATE TABLE reminder_handed (
    reminder_id INTEGER NOT NULL,
    event_at    INTEGER NOT NULL,           -- as above; of an occurrence of a series when it was to start at first
    starts_at   INTEGER NOT NULL,           -- when it was to start as it stood
    PRIMARY KEY (reminder_id, event_at, starts_at)
) STRICT, WITHOUT ROWID;

-- [calls]
-- Calls and other enquiries: from whom, about what, for whom. Each has an entry in the chronicle: activity.call_id.
CREATE TABLE call (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    channel     TEXT    NOT NULL,           -- list call_channel
    direction   TEXT    NOT NULL,           -- list direction
    number      TEXT,                       -- as dialled
    number_key  TEXT,                       -- normalised, as points are
    caller_name TEXT,                       -- as given
    party_id    INTEGER REFERENCES party,   -- who it is
    contact_id  INTEGER REFERENCES contact,
    lead_id     INTEGER REFERENCES lead,
    subject     TEXT,
    source      TEXT,                       -- list source
    source_note TEXT,
    addressee_id INTEGER REFERENCES user,   -- for whom it is
    addressee_unit_id INTEGER REFERENCES unit,
    state       TEXT    NOT NULL,           -- ringing, answered, missed, ended: checked by the engine
    called_at   INTEGER NOT NULL,
    answered_at INTEGER,
    ended_at    INTEGER,
    answered_by_id INTEGER REFERENCES user
) STRICT;
CREATE INDEX call_by_called ON call (called_at);
CREATE INDEX call_by_owner_called ON call (owner_id, called_at);
CREATE INDEX call_by_unit_called ON call (unit_id, called_at);
CREATE INDEX call_by_territory_called ON call (territory_id, called_at) WHERE territory_id IS NOT NULL;
CREATE INDEX call_by_number ON call (number_key) WHERE number_key IS NOT NULL;
CREATE INDEX call_by_addressee ON call (addressee_id, called_at) WHERE addressee_id IS NOT NULL;
CREATE INDEX call_by_addressee_unit ON call (addressee_unit_id) WHERE addressee_unit_id IS NOT NULL;
CREATE INDEX call_by_answered_by ON call (answered_by_id) WHERE answered_by_id IS NOT NULL;
CREATE INDEX call_by_party ON call (party_id) WHERE party_id IS NOT NULL;
CREATE INDEX call_by_contact ON call (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX call_by_lead ON call (lead_id) WHERE lead_id IS NOT NULL;
CREATE VIEW call_text AS
    SELECT c.id, c.number, c.caller_name, c.subject FROM call c;
CREATE VIRTUAL TABLE call_fts USING fts5(
    number, caller_name, subject,
    content='call_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');

-- Forwards: how calls were handed on.
CREATE TABLE call_forward (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    call_id     INTEGER NOT NULL REFERENCES call,
    from_user_id INTEGER NOT NULL REFERENCES user,
    to_user_id  INTEGER NOT NULL REFERENCES user,
    forwarded_at INTEGER NOT NULL,
    reason      TEXT
) STRICT;
CREATE INDEX call_forward_by_call ON call_forward (call_id);
CREATE INDEX call_forward_by_from_user ON call_forward (from_user_id);
CREATE INDEX call_forward_by_to_user ON call_forward (to_user_id);

-- Routing rules: who takes calls, by what the caller is and by working hours. The first that fits, by place, counts.
CREATE TABLE routing_rule (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    place       INTEGER NOT NULL,
    caller      TEXT    NOT NULL,           -- anybody, party, lead, unknown: checked by the engine
    role        TEXT,                       -- list party_role
    hours       TEXT    NOT NULL,           -- any, within, outside: of the target
    user_id     INTEGER REFERENCES user,    -- the target, or
    unit_id     INTEGER REFERENCES unit,
    within_unit TEXT    NOT NULL,           -- members, head
    is_active   INTEGER NOT NULL
) STRICT;
CREATE INDEX routing_rule_by_place ON routing_rule (place);
ALTER TABLE activity ADD COLUMN call_id INTEGER REFERENCES call;
CREATE INDEX activity_by_call ON activity (call_id) WHERE call_id IS NOT NULL;

-- [working time]
-- Working hours: of one day of every week. The nearest definition counts: the user's, his unit's, one above, everybody's.
CREATE TABLE working_hours (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    user_id     INTEGER REFERENCES user,
    unit_id     INTEGER REFERENCES unit,    -- of neither: everybody's
    weekday     TEXT    NOT NULL,           -- RFC 5545: MO to SU
    starts      TEXT    NOT NULL,           -- HH:MM, local
    ends        TEXT    NOT NULL,           -- HH:MM to 24:00; not after starts: on the next day
    zone        TEXT                        -- IANA; NULL: the user's, else the file's
) STRICT;
CREATE INDEX working_hours_by_user ON working_hours (user_id);
CREATE INDEX working_hours_by_unit ON working_hours (unit_id);

-- Holidays: days off, and days that are worked as another day of the week.
CREATE TABLE holiday (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    falls_on    TEXT    NOT NULL,
    name        TEXT    NOT NULL CHECK (name <> ''),
    unit_id     INTEGER REFERENCES unit,    -- NULL: everybody's
    worked_as   TEXT                        -- MO to SU; NULL: a day off
) STRICT;
CREATE INDEX holiday_by_falls_on ON holiday (falls_on);
CREATE INDEX holiday_by_unit ON holiday (unit_id) WHERE unit_id IS NOT NULL;

-- Schedule: where users are and why, for some days or for some hours of each of them. The owner is whom it is of.
CREATE TABLE schedule_entry (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    starts_on   TEXT    NOT NULL,
    ends_on     TEXT    NOT NULL,           -- the last day
    starts      TEXT,                       -- HH:MM of each day; NULL: whole days
    ends        TEXT,                       -- HH:MM to 24:00
    whereabouts TEXT    NOT NULL,           -- list whereabouts
    is_absence  INTEGER NOT NULL,           -- no working time
    party_id    INTEGER REFERENCES party,   -- at which client
    town        TEXT,
    organisation TEXT,
    purpose     TEXT
) STRICT;
CREATE INDEX schedule_entry_by_start ON schedule_entry (starts_on);
CREATE INDEX schedule_entry_by_owner_start ON schedule_entry (owner_id, starts_on);
CREATE INDEX schedule_entry_by_unit_start ON schedule_entry (unit_id, starts_on);
CREATE INDEX schedule_entry_by_territory_start ON schedule_entry (territory_id, starts_on) WHERE territory_id IS NOT NULL;
CREATE INDEX schedule_entry_by_party ON schedule_entry (party_id) WHERE party_id IS NOT NULL;

-- Time entries: minutes that a user worked on an activity on one day.
CREATE TABLE time_entry (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    user_id     INTEGER NOT NULL REFERENCES user,
    worked_on   TEXT    NOT NULL,
    minutes     INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    note        TEXT
) STRICT;
CREATE INDEX time_entry_by_activity ON time_entry (activity_id);
CREATE INDEX time_entry_by_user_day ON time_entry (user_id, worked_on);
CREATE INDEX time_entry_by_day ON time_entry (worked_on);

-- Hourly rates: what an hour of a user costs us from a day on. The owner is whose hour it is.
CREATE TABLE hourly_rate (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    starts_on   TEXT    NOT NULL,
    rate_minor  INTEGER NOT NULL,           -- of one hour
    rate_currency TEXT  NOT NULL
) STRICT;
CREATE INDEX hourly_rate_by_start ON hourly_rate (starts_on);
CREATE UNIQUE INDEX hourly_rate_by_owner_start ON hourly_rate (owner_id, starts_on);
CREATE INDEX hourly_rate_by_unit_start ON hourly_rate (unit_id, starts_on);
CREATE INDEX hourly_rate_by_territory_start ON hourly_rate (territory_id, starts_on) WHERE territory_id IS NOT NULL;

ALTER TABLE activity ADD COLUMN planned_minutes INTEGER;

-- [calendar]
ALTER TABLE activity ADD COLUMN recurrence TEXT;
ALTER TABLE activity ADD COLUMN recurs_until INTEGER;
ALTER TABLE activity ADD COLUMN series_id INTEGER REFERENCES activity;
ALTER TABLE activity ADD COLUMN recurrence_id INTEGER;
-- For the calendar: what lasts longer than a day, and what recurs.
CREATE INDEX activity_long_by_owner ON activity (owner_id, end_at, start_at) WHERE end_at - start_at > 86400000000;
CREATE INDEX activity_recurring_by_owner ON activity (owner_id, ifnull(recurs_until, 9223372036854775807)) WHERE recurrence IS NOT NULL;
CREATE INDEX activity_by_series ON activity (series_id, recurrence_id) WHERE series_id IS NOT NULL;

-- [participants, costs and files]
ALTER TABLE activity ADD COLUMN is_todo INTEGER NOT NULL DEFAULT 0;
ALTER TABLE activity ADD COLUMN assigned_by_id INTEGER REFERENCES user;
CREATE INDEX activity_by_assigned_by ON activity (assigned_by_id, start_at) WHERE assigned_by_id IS NOT NULL;
CREATE INDEX activity_todo_by_owner ON activity (owner_id, start_at) WHERE is_todo = 1;

-- Participants: who takes part in activities besides who is responsible.
CREATE TABLE participant (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    contact_id  INTEGER REFERENCES contact, -- or
    user_id     INTEGER REFERENCES user,
    role        TEXT    NOT NULL,           -- chair, required, optional: checked by the engine
    acceptance  TEXT    NOT NULL            -- needs_action, accepted, declined, tentative
) STRICT;
CREATE UNIQUE INDEX participant_by_activity_contact ON participant (activity_id, contact_id);
CREATE UNIQUE INDEX participant_by_activity_user ON participant (activity_id, user_id);
CREATE INDEX participant_by_contact ON participant (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX participant_by_user ON participant (user_id, acceptance) WHERE user_id IS NOT NULL;

-- Costs of activities, in any currency.
CREATE TABLE cost (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    type        TEXT    NOT NULL,           -- list cost_type
    amount_minor    INTEGER NOT NULL,
    amount_currency TEXT,
    spent_on    TEXT    NOT NULL,
    note        TEXT
) STRICT;
CREATE INDEX cost_by_activity ON cost (activity_id, spent_on);

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
