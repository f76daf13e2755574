-- name: administrator unfiltered
-- Whether an active user may administer, by a right of its own, of a position, or of a group or one above it.
WITH RECURSIVE holder (id) AS (
    SELECT holder_id FROM access_right WHERE action = 'administer'
    UNION
    SELECT g.id FROM holder JOIN user_group AS g ON g.parent_id = holder.id
)
SELECT 1 FROM holder JOIN user ON user.id = holder.id AND user.is_active = 1
UNION ALL
SELECT 1 FROM holder JOIN user ON user.position_id = holder.id AND user.is_active = 1
UNION ALL
SELECT 1 FROM holder JOIN user_group_member AS m ON m.group_id = holder.id
JOIN user ON user.id = m.user_id AND user.is_active = 1;

-- name: right
SELECT id FROM visible.access_right
WHERE holder_id = :holder AND kind = :kind AND action = :action AND scope = :scope;

-- name: field_right
SELECT id FROM visible.field_right WHERE holder_id = :holder AND kind = :kind AND field = :field;

-- name: share
SELECT id FROM visible.share WHERE grantee_id = :grantee AND record_id = :record;
