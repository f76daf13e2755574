-- Custom properties: fields that the administrator adds to a kind. Their values are columns of
-- <kind>_property, a table that is made with the first property of the kind: id, and a column each, of money two.
CREATE TABLE property (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    kind        TEXT    NOT NULL,
    name        TEXT    NOT NULL,           -- x_…; the column has it too
    type        TEXT    NOT NULL,           -- text, long_text, integer, real, date, time, flag, choice, reference, money
    list        TEXT,                       -- of a choice
    target      TEXT,                       -- of a reference: a kind
    is_required INTEGER NOT NULL,
    is_unique   INTEGER NOT NULL,
    is_searchable INTEGER NOT NULL,
    default_value TEXT,                     -- JSON
    position    INTEGER NOT NULL,
    is_retired  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX property_by_kind ON property (kind, name);
CREATE TABLE property_label (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    definition_id INTEGER NOT NULL REFERENCES property,
    language    TEXT    NOT NULL,
    label       TEXT    NOT NULL CHECK (label <> '')
) STRICT;
CREATE UNIQUE INDEX property_label_by_definition ON property_label (definition_id, language);
