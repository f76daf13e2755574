-- name: by_login
SELECT id FROM visible.user WHERE login_key = :login;

-- name: unit_named
SELECT id FROM visible.unit WHERE name_key = :name;

-- name: unit_is_below unfiltered
-- Whether the unit :id is :parent or one of the units above it.
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT unit.parent_id FROM above JOIN unit ON unit.id = above.id WHERE unit.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :id;

-- name: position_is_below unfiltered
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT position.parent_id FROM above JOIN position ON position.id = above.id
    WHERE position.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :id;

-- name: group_is_below unfiltered
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT user_group.parent_id FROM above JOIN user_group ON user_group.id = above.id
    WHERE user_group.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :id;

-- name: skilled
-- Active users with a skill of that beginning, best first.
SELECT u.id FROM visible.user_skill AS s CROSS JOIN visible.user AS u ON u.id = s.user_id
WHERE s.skill_key >= :from AND s.skill_key < :to AND COALESCE(s.level, 0) >= :min_level AND u.is_active
GROUP BY u.id ORDER BY max(COALESCE(s.level, 0)) DESC, u.login_key LIMIT :limit;
