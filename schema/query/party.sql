-- name: code_taken unfiltered
SELECT 1 FROM party WHERE code_key = :key;

-- name: is_named unfiltered
-- Whether the contact of a natural person has this name.
SELECT 1 FROM contact WHERE person_id = :party AND name = :name;

-- name: by_code
SELECT id FROM visible.party WHERE code_key = :key;

-- name: role
SELECT id FROM visible.party_role WHERE party_id = :party AND role = :role;

-- name: roles
SELECT role FROM visible.party_role WHERE party_id = :party ORDER BY id LIMIT 1000;

-- name: owner
SELECT name FROM visible.user WHERE id = :user;

-- name: people
-- Who speaks for a party, last joined first.
SELECT contact_id AS id, position, starts_on, ends_on FROM visible.membership AS m
WHERE party_id = :party ORDER BY m.id DESC LIMIT :limit;

-- name: person
-- The contact that a natural-person party is.
SELECT id FROM visible.contact WHERE person_id = :party;

-- name: points_of_people
SELECT id FROM visible.point
WHERE record_id IN (SELECT value FROM json_each(:people)) ORDER BY record_id, is_primary DESC, id;

-- name: planned
-- What is to come or under way, soonest first.
SELECT id FROM visible.activity
WHERE party_id = :party AND state IN ('planned', 'started') ORDER BY start_at, id LIMIT :limit;

-- name: chronicle
SELECT id FROM visible.activity
WHERE party_id = :party AND state = 'completed' ORDER BY start_at DESC, id DESC LIMIT :limit;

-- name: notes
SELECT id FROM visible.note WHERE record_id = :party ORDER BY written_at DESC, id DESC LIMIT :limit;

-- name: own_companies
SELECT p.id FROM visible.party_role AS r CROSS JOIN visible.party AS p ON p.id = r.party_id
WHERE r.role = 'own_company' ORDER BY p.name_key, p.id LIMIT 1000;
