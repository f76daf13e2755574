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
