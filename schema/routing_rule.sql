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
