-- name: parties
SELECT id FROM visible.party WHERE id > :after ORDER BY id LIMIT :limit;

-- name: contacts
SELECT id FROM visible.contact WHERE id > :after ORDER BY id LIMIT :limit;

-- name: parties_since
-- A person is changed where its contact is.
SELECT id FROM visible.party AS p
WHERE id > :after AND (+changed_in > :since OR EXISTS (
    SELECT 1 FROM visible.contact AS c WHERE c.person_id = p.id AND c.changed_in > :since))
ORDER BY id LIMIT :limit;

-- name: contacts_since
SELECT id FROM visible.contact AS c
WHERE id > :after AND (+changed_in > :since OR EXISTS (
    SELECT 1 FROM visible.party AS p WHERE p.id = c.person_id AND p.changed_in > :since))
ORDER BY id LIMIT :limit;

-- name: parties_among
SELECT id FROM visible.party WHERE id IN (SELECT value FROM json_each(:ids));

-- name: contacts_among
SELECT id FROM visible.contact WHERE id IN (SELECT value FROM json_each(:ids));

-- name: people_of
-- The contacts that natural persons are.
SELECT id FROM visible.contact WHERE person_id IN (SELECT value FROM json_each(:ids));

-- name: points_of
SELECT id FROM visible.point WHERE record_id IN (SELECT value FROM json_each(:ids));

-- name: addresses_of
SELECT id FROM visible.address WHERE record_id IN (SELECT value FROM json_each(:ids));

-- name: parties_from
SELECT id FROM visible.party WHERE name_key >= :key AND name_key < :end ORDER BY name_key, id LIMIT :limit;

-- name: parties_before
SELECT id FROM visible.party WHERE name_key < :key AND name_key >= :begin ORDER BY name_key DESC, id DESC LIMIT :limit;

-- name: contacts_from
SELECT id FROM visible.contact WHERE name_key >= :key AND name_key < :end ORDER BY name_key, id LIMIT :limit;

-- name: contacts_before
SELECT id FROM visible.contact WHERE name_key < :key AND name_key >= :begin ORDER BY name_key DESC, id DESC LIMIT :limit;

-- name: contacts_from_first
SELECT id FROM visible.contact WHERE first_key >= :key AND first_key < :end ORDER BY first_key, id LIMIT :limit;

-- name: contacts_before_first
SELECT id FROM visible.contact WHERE first_key < :key AND first_key >= :begin ORDER BY first_key DESC, id DESC LIMIT :limit;

-- name: by_point
SELECT record_id FROM visible.point WHERE normalized = :value ORDER BY id LIMIT :limit;

-- name: by_tax_code
SELECT id FROM visible.party WHERE tax_code = :code ORDER BY id LIMIT :limit;

-- name: persons_of_contacts
SELECT person_id FROM visible.contact WHERE id IN (SELECT value FROM json_each(:ids)) AND person_id IS NOT NULL;

-- name: dismissed
SELECT other_id FROM visible.distinct_pair WHERE record_id = :record
UNION ALL
SELECT record_id FROM visible.distinct_pair WHERE other_id = :record;

-- name: pair
SELECT id FROM visible.distinct_pair WHERE record_id = :record AND other_id = :other;

-- name: pairs
SELECT id, record_id, other_id FROM visible.distinct_pair WHERE id > :after ORDER BY id LIMIT :limit;

-- name: is_merge unfiltered
SELECT 1 FROM merged WHERE command_id = :command;
