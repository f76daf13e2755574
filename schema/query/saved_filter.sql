-- name: named
SELECT id FROM visible.saved_filter WHERE name_key = :key AND kind = :kind;

-- name: same_name unfiltered
-- Whether another one of the owner has the name, for the same kind of record.
SELECT 1 FROM saved_filter WHERE owner_id = :owner AND name_key = :key AND kind = :kind AND id <> :id;
