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
