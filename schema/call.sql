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
