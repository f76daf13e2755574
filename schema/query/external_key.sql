-- name: record
SELECT record_id FROM visible.external_key WHERE system = :system AND kind = :kind AND key = :key;
