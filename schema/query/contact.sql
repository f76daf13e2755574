-- name: of_person unfiltered
SELECT id FROM contact WHERE person_id = :party;

-- name: twin unfiltered
-- The other half of a natural person.
SELECT id FROM contact WHERE person_id = :record
UNION ALL
SELECT person_id FROM contact WHERE id = :record AND person_id IS NOT NULL;

-- name: share_with unfiltered
SELECT id FROM share WHERE grantee_id = :grantee AND record_id = :record;

-- name: membership_overlaps unfiltered
SELECT 1 FROM membership
WHERE contact_id = :contact AND party_id = :party AND id <> :id
  AND (:starts_on IS NULL OR ends_on IS NULL OR ends_on >= :starts_on)
  AND (:ends_on IS NULL OR starts_on IS NULL OR starts_on <= :ends_on);

-- name: memberships
-- A contact has few: sorting them costs nothing.
SELECT id FROM visible.membership WHERE contact_id = :contact ORDER BY starts_on, id;

-- name: companies
-- Whom a contact speaks for, last joined first.
SELECT party_id AS id, position, starts_on, ends_on FROM visible.membership AS m
WHERE contact_id = :contact ORDER BY m.id DESC LIMIT :limit;

-- name: planned
-- What is to come or under way, with it or with it among the participants, soonest first.
SELECT a.id, a.start_at FROM visible.activity AS a WHERE a.contact_id = :contact AND a.state IN ('planned', 'started')
UNION
SELECT a.id, a.start_at FROM visible.participant AS p CROSS JOIN visible.activity AS a ON a.id = p.activity_id
WHERE p.contact_id = :contact AND a.state IN ('planned', 'started')
ORDER BY 2, 1 LIMIT :limit;

-- name: chronicle
-- What was, likewise, newest first.
SELECT a.id, a.start_at FROM visible.activity AS a WHERE a.contact_id = :contact AND a.state = 'completed'
UNION
SELECT a.id, a.start_at FROM visible.participant AS p CROSS JOIN visible.activity AS a ON a.id = p.activity_id
WHERE p.contact_id = :contact AND a.state = 'completed'
ORDER BY 2 DESC, 1 DESC LIMIT :limit;

-- name: notes
SELECT id FROM visible.note WHERE record_id = :contact ORDER BY written_at DESC, id DESC LIMIT :limit;
