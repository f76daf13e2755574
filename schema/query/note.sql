-- name: about
SELECT id FROM visible.note
WHERE record_id = :record AND (written_at, id) < (:at, :id)
ORDER BY written_at DESC, id DESC LIMIT :limit;
