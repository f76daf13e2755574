-- name: named
SELECT id FROM visible.segment WHERE name_key = :key AND kind = :kind;

-- name: same_name unfiltered
-- Whether another one of the owner has the name, for the same kind of record.
SELECT 1 FROM segment WHERE owner_id = :owner AND name_key = :key AND kind = :kind AND id <> :id;

-- name: same_member unfiltered
SELECT 1 FROM segment_member WHERE segment_id = :segment AND record_id = :record AND id <> :id;

-- name: member
SELECT id FROM visible.segment_member WHERE segment_id = :segment AND record_id = :record;

-- name: of
-- The segments that a record is put into, by name.
SELECT s.id FROM visible.segment_member AS m CROSS JOIN visible.segment AS s ON s.id = m.segment_id
WHERE m.record_id = :record ORDER BY s.name_key, s.id;
