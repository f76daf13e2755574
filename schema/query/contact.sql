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
