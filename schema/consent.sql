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
