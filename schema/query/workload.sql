-- name: users
WITH RECURSIVE below (id) AS (
    SELECT u.id FROM visible.unit AS u WHERE u.id = :unit
    UNION
    SELECT u.id FROM below CROSS JOIN visible.unit AS u ON u.parent_id = below.id
)
SELECT u.id, u.name FROM below CROSS JOIN visible.user AS u ON u.unit_id = below.id
WHERE u.is_active = 1 ORDER BY u.name, u.id LIMIT 10000;

-- name: activities
SELECT count(*) FILTER (WHERE a.state = 'planned'), count(*) FILTER (WHERE a.state = 'started'),
       count(*) FILTER (WHERE a.state = 'completed'),
       count(*) FILTER (WHERE a.state IN ('planned', 'started') AND COALESCE(a.end_at, a.start_at) < :now),
       COALESCE(sum(min(a.end_at, :to) - a.start_at)
                FILTER (WHERE a.state IN ('planned', 'started') AND a.is_todo = 0), 0)
FROM visible.activity AS a
WHERE a.owner_id = :user AND a.start_at >= :from AND a.start_at < :to AND +a.recurrence IS NULL;

-- name: series
SELECT a.id, a.start_at, a.end_at, a.zone, a.recurrence, a.is_todo FROM visible.activity AS a
WHERE a.owner_id = :user AND a.recurrence IS NOT NULL AND ifnull(a.recurs_until, 9223372036854775807) >= :from
  AND +a.start_at < :to AND +a.state = 'planned';

-- name: projects
-- What is open is not over before today, whenever it was due.
SELECT count(*) FILTER (WHERE p.state = 'planned'), count(*) FILTER (WHERE p.state = 'started'),
       count(*) FILTER (WHERE p.state = 'completed' AND p.ended_on >= :from AND p.ended_on < :to),
       count(*) FILTER (WHERE p.state IN ('planned', 'started') AND p.due_on < :today)
FROM visible.project AS p
WHERE p.owner_id = :user AND (p.start_on IS NULL OR p.start_on < :to)
  AND (COALESCE(p.ended_on, p.due_on) IS NULL OR COALESCE(p.ended_on, p.due_on) >= :from
       OR (p.state IN ('planned', 'started') AND :today >= :from));
