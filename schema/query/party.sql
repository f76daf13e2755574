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

-- name: links
-- The parties at the other ends of its links, by type, oldest first.
SELECT other_id AS id, type, 0, starts_on, ends_on, id AS link_id FROM visible.party_link WHERE party_id = :party
UNION ALL
SELECT party_id AS id, type, 1, starts_on, ends_on, id AS link_id FROM visible.party_link WHERE other_id = :party
ORDER BY type, link_id LIMIT :limit;

-- name: projects
-- Those that are not over, by the day they are due; then the others, the last to end first. Of one party there are few:
-- sorting them costs nothing.
SELECT id FROM visible.project WHERE party_id = :party
ORDER BY state IN ('completed', 'cancelled'), CASE WHEN state IN ('completed', 'cancelled') THEN NULL ELSE COALESCE(due_on, '9999-12-31') END,
         ended_on DESC, id LIMIT :limit;

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
