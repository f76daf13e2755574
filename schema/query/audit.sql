-- name: groups_without_members unfiltered
-- Groups that hold rights and have no active member, of their own or in a group below.
SELECT g.id, g.name FROM user_group AS g
WHERE EXISTS (SELECT 1 FROM access_right AS r WHERE r.holder_id = g.id)
  AND NOT EXISTS (
    WITH RECURSIVE below (id) AS (
        SELECT g.id
        UNION
        SELECT c.id FROM below JOIN user_group AS c ON c.parent_id = below.id
    )
    SELECT 1 FROM below JOIN user_group_member AS m ON m.group_id = below.id
    JOIN user AS u ON u.id = m.user_id WHERE u.is_active)
ORDER BY g.id LIMIT :limit;

-- name: positions_without_users unfiltered
SELECT p.id, p.name FROM position AS p
WHERE EXISTS (SELECT 1 FROM access_right AS r WHERE r.holder_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM user AS u WHERE u.position_id = p.id AND u.is_active)
ORDER BY p.id LIMIT :limit;

-- name: shares_ended unfiltered
SELECT s.id, 'of record ' || s.record_id FROM share AS s WHERE s.ends_on < :today LIMIT :limit;

-- name: shares_of_inactive unfiltered
SELECT s.id, 'of record ' || s.record_id FROM user AS u CROSS JOIN share AS s ON s.grantee_id = u.id
WHERE NOT u.is_active LIMIT :limit;

-- name: inactive_users unfiltered
SELECT id, login FROM user WHERE NOT is_active LIMIT :limit;

-- name: shares_without_scope unfiltered
-- :effective has the pairs (kind, holder) for which shares count; those of inactive users are found apart.
SELECT s.id, s.record_id FROM share AS s
WHERE NOT EXISTS (SELECT 1 FROM json_each(:effective) AS e
                  WHERE json_extract(e.value, '$[0]') = (s.record_id & 255)
                    AND json_extract(e.value, '$[1]') = s.grantee_id)
  AND NOT EXISTS (SELECT 1 FROM user AS u WHERE u.id = s.grantee_id AND NOT u.is_active)
LIMIT :limit;
