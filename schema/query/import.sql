-- name: party_by_name
-- Two are enough to know that a name says nothing.
SELECT id FROM visible.party WHERE name_key = :name LIMIT 2;

-- name: contact_by_name
-- As it is written, first name first, or as it is sorted.
SELECT id FROM visible.contact WHERE first_key = :name
UNION
SELECT id FROM visible.contact WHERE name_key = :name
LIMIT 2;

-- name: unit_by_name
SELECT id FROM visible.unit WHERE name_key = :name LIMIT 2;
