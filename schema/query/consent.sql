-- name: of
-- Newest first; of two of the same time the withdrawal. Of one record there are few: sorting them costs nothing.
SELECT id FROM visible.consent WHERE record_id = :record
ORDER BY stated_at DESC, state = 'withdrawn' DESC, id DESC LIMIT 1000;
