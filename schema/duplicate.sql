-- Distinct pairs: records of which somebody said that they are not the same.
CREATE TABLE distinct_pair (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    record_id   INTEGER NOT NULL,           -- party or contact; the smaller id
    other_id    INTEGER NOT NULL            -- of the same kind
) STRICT;
CREATE UNIQUE INDEX distinct_pair_by_record ON distinct_pair (record_id, other_id);
CREATE INDEX distinct_pair_by_other ON distinct_pair (other_id);

-- Where a record went in its newest merge. Holds while that command stands and the record is gone.
CREATE TABLE merged (
    id          INTEGER PRIMARY KEY,        -- the record that went
    into_id     INTEGER NOT NULL,
    command_id  INTEGER NOT NULL REFERENCES command
) STRICT;
CREATE INDEX merged_by_into ON merged (into_id);
CREATE INDEX merged_by_command ON merged (command_id);
