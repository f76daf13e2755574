-- name: by_login
SELECT id FROM visible.user WHERE login_key = :login;

-- name: unit_named
SELECT id FROM visible.unit WHERE name_key = :name;

-- name: unit_is_below unfiltered
-- Whether :unit is :parent or one of the units above it.
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT unit.parent_id FROM above JOIN unit ON unit.id = above.id WHERE unit.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :unit;

-- name: territory_is_below unfiltered
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT territory.parent_id FROM above JOIN territory ON territory.id = above.id
    WHERE territory.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :territory;

-- name: administrator unfiltered
-- Whether an active user may administer, by a right of its own or of a group.
SELECT 1 FROM access_right JOIN user ON user.id = access_right.holder_id
WHERE access_right.action = 'administer' AND user.is_active = 1
UNION ALL
SELECT 1 FROM access_right
JOIN user_group_member ON user_group_member.group_id = access_right.holder_id
JOIN user ON user.id = user_group_member.user_id
WHERE access_right.action = 'administer' AND user.is_active = 1;

-- name: right
SELECT id FROM visible.access_right
WHERE holder_id = :holder AND kind = :kind AND action = :action AND scope = :scope;

-- name: share
SELECT id FROM visible.share WHERE grantee_id = :grantee AND record_id = :record;
