-- name: groups
-- Those of a user and those above them.
WITH RECURSIVE held (id) AS (
    SELECT group_id FROM visible.user_group_member WHERE user_id = :user
    UNION
    SELECT g.parent_id FROM held CROSS JOIN visible.user_group AS g ON g.id = held.id
    WHERE g.parent_id IS NOT NULL
)
SELECT g.id FROM held CROSS JOIN visible.user_group AS g ON g.id = held.id ORDER BY g.name_key;

-- name: skills
SELECT id FROM visible.user_skill WHERE user_id = :user
ORDER BY COALESCE(level, 0) DESC, skill_key;

-- name: territories
-- Where a user works by itself, by its groups, or by its position.
WITH RECURSIVE holder (id) AS (
    VALUES (:user)
    UNION
    SELECT position_id FROM visible.user WHERE id = :user AND position_id IS NOT NULL
    UNION
    SELECT group_id FROM visible.user_group_member WHERE user_id = :user
    UNION
    SELECT g.parent_id FROM holder CROSS JOIN visible.user_group AS g ON g.id = holder.id
    WHERE g.parent_id IS NOT NULL
)
SELECT t.id FROM visible.territory AS t
WHERE t.id IN (SELECT m.territory_id FROM holder CROSS JOIN visible.territory_member AS m
               ON m.holder_id = holder.id)
ORDER BY t.name, t.id;

-- name: tasks
-- What the user has planned or is at, soonest first.
SELECT id FROM visible.activity
WHERE owner_id = :user AND state IN ('planned', 'started') ORDER BY start_at, id LIMIT :limit;
