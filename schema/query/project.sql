-- name: code_taken unfiltered
SELECT 1 FROM project WHERE code_key = :key;

-- name: by_code
SELECT id FROM visible.project WHERE code_key = :key;

-- name: path_up unfiltered
-- The projects above one that is to hang below :other, up to :id where they lead to it.
WITH RECURSIVE above (id) AS (
    VALUES (:other)
    UNION
    SELECT (SELECT p.parent_id FROM project AS p WHERE p.id = above.id)
    FROM above WHERE above.id <> :id
)
SELECT id FROM above WHERE id IS NOT NULL;

-- name: activities unfiltered
-- Those that follow the project's party themselves, and not by a parent activity.
SELECT id FROM activity WHERE project_id = :id AND parent_id IS NULL;

-- name: above
WITH RECURSIVE above (id, distance) AS (
    SELECT p.id, 0 FROM visible.project AS p WHERE p.id = :id
    UNION ALL
    SELECT (SELECT u.id FROM visible.project AS u
            WHERE u.id = (SELECT p.parent_id FROM visible.project AS p WHERE p.id = above.id)),
           above.distance + 1
    FROM above WHERE above.id IS NOT NULL
)
SELECT id FROM above WHERE distance > 0 AND id IS NOT NULL ORDER BY distance;

-- name: subtree
WITH RECURSIVE below (id, depth, name_key) AS (
    SELECT p.id, 0, p.name_key FROM visible.project AS p WHERE p.id = :id
    UNION ALL
    SELECT p.id, below.depth + 1, p.name_key
    FROM below CROSS JOIN visible.project AS p ON p.parent_id = below.id
    WHERE p.id <> :id
)
SELECT id FROM below WHERE depth > 0 ORDER BY depth, name_key, id;
