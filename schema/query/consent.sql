-- name: of
-- Newest first; of two of the same time the withdrawal. A contact has few: sorting them costs nothing.
SELECT id FROM visible.consent WHERE contact_id = :contact
ORDER BY stated_at DESC, state = 'withdrawn' DESC, id DESC LIMIT 1000;
