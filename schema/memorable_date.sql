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
