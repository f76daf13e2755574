-- name: of
-- Newest first; of two of the same time the withdrawal. Of one record there are few: sorting them costs nothing.
-- Those of a natural person stand on the party or on the contact.
SELECT id FROM visible.consent WHERE record_id IN (
    SELECT :record
    UNION ALL SELECT c.id FROM visible.contact AS c WHERE c.person_id = :record
    UNION ALL SELECT c.person_id FROM visible.contact AS c WHERE c.id = :record)
ORDER BY stated_at DESC, state = 'withdrawn' DESC, id DESC LIMIT 1000;
