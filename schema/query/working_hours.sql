-- name: of_user
-- Definitions that concern a user, the nearest ones first.
WITH RECURSIVE above (id, distance) AS (
    SELECT u.unit_id, 1 FROM visible.user AS u WHERE u.id = :user
    UNION ALL
    SELECT u.parent_id, above.distance + 1
    FROM above CROSS JOIN visible.unit AS u ON u.id = above.id WHERE u.parent_id IS NOT NULL
),
found (id, distance) AS (
    SELECT w.id, 0 FROM visible.working_hours AS w WHERE w.user_id = :user
    UNION ALL
    SELECT w.id, above.distance FROM above CROSS JOIN visible.working_hours AS w ON w.unit_id = above.id
    UNION ALL
    SELECT w.id, 1000000 FROM visible.working_hours AS w WHERE w.user_id IS NULL AND w.unit_id IS NULL
)
SELECT w.weekday, w.starts, w.ends, w.zone, found.distance
FROM found CROSS JOIN visible.working_hours AS w ON w.id = found.id ORDER BY found.distance, w.id LIMIT 1000;

-- name: holidays
-- Those of some days that concern a user, of each day the one that counts first.
WITH RECURSIVE above (id, distance) AS (
    SELECT u.unit_id, 1 FROM visible.user AS u WHERE u.id = :user
    UNION ALL
    SELECT u.parent_id, above.distance + 1
    FROM above CROSS JOIN visible.unit AS u ON u.id = above.id WHERE u.parent_id IS NOT NULL
)
SELECT h.falls_on, h.worked_as
FROM visible.holiday AS h LEFT JOIN above ON above.id = h.unit_id
WHERE h.falls_on BETWEEN :from AND :to AND (h.unit_id IS NULL OR above.id IS NOT NULL)
ORDER BY h.falls_on, COALESCE(above.distance, 1000000), h.worked_as IS NOT NULL, h.id LIMIT 100000;
