-- Participants: who takes part in activities besides who is responsible.
CREATE TABLE participant (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL,
    created_in  INTEGER NOT NULL REFERENCES command,
    changed_in  INTEGER NOT NULL REFERENCES command,
    activity_id INTEGER NOT NULL REFERENCES activity,
    contact_id  INTEGER REFERENCES contact, -- or
    user_id     INTEGER REFERENCES user,
    role        TEXT    NOT NULL,           -- chair, required, optional: checked by the engine
    acceptance  TEXT    NOT NULL            -- needs_action, accepted, declined, tentative
) STRICT;
CREATE UNIQUE INDEX participant_by_activity_contact ON participant (activity_id, contact_id);
CREATE UNIQUE INDEX participant_by_activity_user ON participant (activity_id, user_id);
CREATE INDEX participant_by_contact ON participant (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX participant_by_user ON participant (user_id, acceptance) WHERE user_id IS NOT NULL;
