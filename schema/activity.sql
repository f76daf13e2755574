-- Activities: meetings, calls, letters and tasks, and the chains they form.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    owner_id    INTEGER NOT NULL REFERENCES user,
    unit_id     INTEGER NOT NULL REFERENCES unit,
    territory_id INTEGER REFERENCES territory,
    subject     TEXT    NOT NULL CHECK (subject <> ''),
    kind        TEXT    NOT NULL,           -- list activity_kind
    stage       TEXT,                       -- list activity_stage
    direction   TEXT,                       -- list direction
    priority    TEXT,                       -- list priority
    status      TEXT,                       -- list activity_status
    state       TEXT    NOT NULL,           -- planned, started, completed, cancelled: checked by the engine
    party_id    INTEGER REFERENCES party,
    contact_id  INTEGER REFERENCES contact,
    start_at    INTEGER NOT NULL,
    end_at      INTEGER CHECK (end_at >= start_at),
    completed_at INTEGER,
    zone        TEXT,                       -- IANA zone an appointment is bound to
    next_contact_on TEXT,
    parent_id   INTEGER REFERENCES activity,
    follow_up_of_id INTEGER REFERENCES activity,
    project_id  INTEGER REFERENCES project,
    lead_id     INTEGER REFERENCES lead,
    call_id     INTEGER REFERENCES call,    -- of which it is the entry, or the call back
    planned_minutes INTEGER,                -- of work, estimated ahead
    recurrence  TEXT,                       -- lines RRULE, RDATE, EXDATE of RFC 5545; NULL: takes place once
    recurs_until INTEGER,                   -- end of the last occurrence; NULL: without end
    series_id   INTEGER REFERENCES activity, -- the recurring activity of which this is one occurrence
    recurrence_id INTEGER,                  -- when that occurrence was to start
    is_todo     INTEGER NOT NULL DEFAULT 0,
    assigned_by_id INTEGER REFERENCES user  -- who made it for another, or gave it to another last
) STRICT;
CREATE INDEX activity_by_start ON activity (start_at);
CREATE INDEX activity_by_owner_start ON activity (owner_id, start_at);
CREATE INDEX activity_by_unit_start ON activity (unit_id, start_at);
CREATE INDEX activity_by_territory_start ON activity (territory_id, start_at) WHERE territory_id IS NOT NULL;
CREATE INDEX activity_by_owner_party ON activity (owner_id, party_id) WHERE party_id IS NOT NULL;
CREATE INDEX activity_by_owner_contact ON activity (owner_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX activity_by_party ON activity (party_id, start_at) WHERE party_id IS NOT NULL;
CREATE INDEX activity_open_by_party ON activity (party_id, start_at) WHERE state IN ('planned', 'started');
CREATE INDEX activity_by_contact ON activity (contact_id, start_at) WHERE contact_id IS NOT NULL;
CREATE INDEX activity_by_parent ON activity (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX activity_by_follow_up_of ON activity (follow_up_of_id) WHERE follow_up_of_id IS NOT NULL;
CREATE INDEX activity_by_owner_project ON activity (owner_id, project_id) WHERE project_id IS NOT NULL;
CREATE INDEX activity_by_project ON activity (project_id, start_at) WHERE project_id IS NOT NULL;
-- For the calendar: what lasts longer than a day, and what recurs.
CREATE INDEX activity_long_by_owner ON activity (owner_id, end_at, start_at) WHERE end_at - start_at > 86400000000;
CREATE INDEX activity_recurring_by_owner ON activity (owner_id, ifnull(recurs_until, 9223372036854775807)) WHERE recurrence IS NOT NULL;
CREATE INDEX activity_by_series ON activity (series_id, recurrence_id) WHERE series_id IS NOT NULL;
CREATE INDEX activity_by_assigned_by ON activity (assigned_by_id, start_at) WHERE assigned_by_id IS NOT NULL;
CREATE INDEX activity_todo_by_owner ON activity (owner_id, start_at) WHERE is_todo = 1;
CREATE INDEX activity_by_owner_lead ON activity (owner_id, lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX activity_by_lead ON activity (lead_id, start_at) WHERE lead_id IS NOT NULL;
CREATE INDEX activity_by_call ON activity (call_id) WHERE call_id IS NOT NULL;
CREATE TABLE activity_body (
    id          INTEGER PRIMARY KEY REFERENCES activity,
    result      TEXT,
    questions   TEXT,                       -- questions solved
    problems    TEXT,
    events      TEXT,
    description TEXT
) STRICT;
CREATE VIEW activity_text AS
    SELECT a.id, a.subject, b.result, b.questions, b.problems, b.events, b.description
    FROM activity a LEFT JOIN activity_body b ON b.id = a.id;
CREATE VIRTUAL TABLE activity_fts USING fts5(
    subject, result, questions, problems, events, description,
    content='activity_text', content_rowid='id', detail='column', columnsize=0, tokenize='crm');
