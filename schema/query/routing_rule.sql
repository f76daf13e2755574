-- name: in_use
SELECT id FROM visible.routing_rule WHERE is_active ORDER BY place, created_in, id LIMIT 1000;

-- name: has_role
SELECT 1 FROM visible.party_role WHERE party_id = :party AND role = :role;

-- name: members_in_turn unfiltered
-- The active members of a unit, first who was given no call for longest.
SELECT u.id FROM user AS u WHERE u.unit_id = :unit AND u.is_active
ORDER BY (SELECT max(c.called_at) FROM call AS c WHERE c.addressee_id = u.id), u.id LIMIT 1000;

-- name: head unfiltered
-- The active user in a post of a unit, or of one at most :far above it, that answers to none of that unit.
WITH RECURSIVE above (id, distance) AS (
    VALUES (:unit, 0)
    UNION
    SELECT u.parent_id, above.distance + 1 FROM above JOIN unit AS u ON u.id = above.id
    WHERE u.parent_id IS NOT NULL AND above.distance < :far
)
SELECT u.id FROM above JOIN position AS p ON p.unit_id = above.id JOIN user AS u ON u.position_id = p.id
WHERE u.is_active AND NOT EXISTS (SELECT 1 FROM position AS a WHERE a.id = p.parent_id AND a.unit_id = p.unit_id)
ORDER BY above.distance, u.created_in, u.id LIMIT 1;
