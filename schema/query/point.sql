-- name: of
-- A record has few: sorting them costs nothing.
SELECT id FROM visible.point WHERE record_id = :record ORDER BY is_primary DESC, id;
