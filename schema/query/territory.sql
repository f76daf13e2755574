-- name: is_below unfiltered
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT territory.parent_id FROM above JOIN territory ON territory.id = above.id
    WHERE territory.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :id;
