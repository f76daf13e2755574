-- name: of
SELECT id FROM visible.cost WHERE activity_id = :activity ORDER BY spent_on, id LIMIT 1000;

-- name: of_activity
-- Sums in two halves, which cannot overflow.
WITH RECURSIVE below (id) AS (
    SELECT a.id FROM visible.activity AS a WHERE a.id = :id
    UNION
    SELECT a.id FROM below CROSS JOIN visible.activity AS a ON a.parent_id = below.id
)
SELECT c.amount_currency, sum(c.amount_minor >> 32), sum(c.amount_minor & 4294967295)
FROM below CROSS JOIN visible.cost AS c ON c.activity_id = below.id
WHERE c.amount_minor IS NOT NULL AND c.amount_currency IS NOT NULL
GROUP BY c.amount_currency ORDER BY c.amount_currency;

-- name: of_project
-- Sub-activities are of the project that their parent is of.
WITH RECURSIVE below (id) AS (
    SELECT p.id FROM visible.project AS p WHERE p.id = :id
    UNION
    SELECT p.id FROM below CROSS JOIN visible.project AS p ON p.parent_id = below.id
)
SELECT c.amount_currency, sum(c.amount_minor >> 32), sum(c.amount_minor & 4294967295)
FROM below CROSS JOIN visible.activity AS a ON a.project_id = below.id
CROSS JOIN visible.cost AS c ON c.activity_id = a.id
WHERE c.amount_minor IS NOT NULL AND c.amount_currency IS NOT NULL
GROUP BY c.amount_currency ORDER BY c.amount_currency;
