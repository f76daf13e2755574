-- name: of_user
-- Newest first.
SELECT id FROM visible.hourly_rate WHERE owner_id = :user ORDER BY starts_on DESC, id DESC;

-- name: activities_below
-- An activity and its sub-activities: who is responsible, when, and the minutes that are planned, none where it is
-- cancelled.
WITH RECURSIVE below (id) AS (
    SELECT a.id FROM visible.activity AS a WHERE a.id = :id
    UNION ALL
    SELECT a.id FROM below CROSS JOIN visible.activity AS a ON a.parent_id = below.id WHERE a.id <> :id
)
SELECT a.id, a.owner_id, a.start_at, iif(a.state = 'cancelled', NULL, a.planned_minutes)
FROM below CROSS JOIN visible.activity AS a ON a.id = below.id;

-- name: activities_of_project
-- The same of a project and its subprojects. Sub-activities stand in the project of their parent, and here by it alone:
-- a parent that is hidden is absent, and they are in the project all the same.
WITH RECURSIVE below (id) AS (
    SELECT p.id FROM visible.project AS p WHERE p.id = :id
    UNION ALL
    SELECT p.id FROM below CROSS JOIN visible.project AS p ON p.parent_id = below.id WHERE p.id <> :id
)
SELECT a.id, a.owner_id, a.start_at, iif(a.state = 'cancelled', NULL, a.planned_minutes)
FROM below CROSS JOIN visible.activity AS a ON a.project_id = below.id;

-- name: worked
SELECT user_id, worked_on, minutes FROM visible.time_entry WHERE activity_id = :activity;
