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
