-- name: of
SELECT id FROM visible.address WHERE record_id = :record ORDER BY id;
