-- Addresses of parties, contacts and leads.
CREATE TABLE address (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party, contact or lead
    type        TEXT,                       -- list address_type
    street      TEXT,
    city        TEXT,
    region      TEXT,
    postal_code TEXT,
    country     TEXT,                       -- ISO 3166-1 alpha-2
    country_name TEXT                       -- as typed, where it is no code
) STRICT;
CREATE INDEX address_by_record ON address (record_id);
