-- name: above unfiltered
-- The parents of a sub-activity that is to hang below :other, up to :id where they lead to it.
WITH RECURSIVE above (id) AS (
    VALUES (:other)
    UNION
    SELECT (SELECT a.parent_id FROM activity AS a WHERE a.id = above.id)
    FROM above WHERE above.id <> :id
)
SELECT id FROM above WHERE id IS NOT NULL;

-- name: earlier unfiltered
-- The chain before an activity that is to follow :other, up to :id where it leads to it.
WITH RECURSIVE earlier (id) AS (
    VALUES (:other)
    UNION
    SELECT (SELECT a.follow_up_of_id FROM activity AS a WHERE a.id = earlier.id)
    FROM earlier WHERE earlier.id <> :id
)
SELECT id FROM earlier WHERE id IS NOT NULL;

-- name: below unfiltered
SELECT id FROM activity WHERE parent_id = :id;

-- name: lead_comes_back unfiltered
-- Whether a lead was taken on again by the command: it is open, and what became of its state last, in an earlier
-- command, was that it was given up: it got the reason that only an unpromising lead has. The command's own changes
-- are not in history yet.
SELECT 1 FROM lead WHERE id = :lead AND changed_in = :command AND state <> 'unpromising'
  AND (SELECT json_type(c.before, '$.reason') FROM change AS c
       WHERE c.ref = :lead AND json_extract(c.before, '$.state') IS NOT NULL AND substr(c.before, 1, 6) <> '{"id":'
       ORDER BY c.command_id DESC LIMIT 1) = 'null';

-- name: chain
-- From any member back to the first visible one, then forward. A scalar subquery in the step back and the order of
-- CROSS JOIN in the step forward keep both on indexes, whatever the statistics. UNION ends a walk in a circle; on
-- the way forward only the first member could be met again, because everything follows one activity at most.
WITH RECURSIVE
back (id, before_id) AS (
    SELECT a.id, (SELECT p.id FROM visible.activity AS p WHERE p.id = a.follow_up_of_id)
    FROM visible.activity AS a WHERE a.id = :id
    UNION
    SELECT back.before_id, (SELECT (SELECT p.id FROM visible.activity AS p WHERE p.id = a.follow_up_of_id)
                            FROM visible.activity AS a WHERE a.id = back.before_id)
    FROM back WHERE back.before_id IS NOT NULL
),
first (id) AS (
    SELECT COALESCE((SELECT back.id FROM back WHERE back.before_id IS NULL), (SELECT min(back.id) FROM back))
),
forward (id, depth, start_at) AS (
    SELECT a.id, 0, a.start_at FROM first CROSS JOIN visible.activity AS a ON a.id = first.id
    UNION ALL
    SELECT a.id, forward.depth + 1, a.start_at
    FROM forward CROSS JOIN visible.activity AS a ON a.follow_up_of_id = forward.id
    WHERE a.id <> (SELECT first.id FROM first)
)
SELECT id FROM forward ORDER BY depth, start_at, id;

-- name: subtree
WITH RECURSIVE below (id, depth, start_at) AS (
    SELECT a.id, 0, a.start_at FROM visible.activity AS a WHERE a.id = :id
    UNION ALL
    SELECT a.id, below.depth + 1, a.start_at
    FROM below CROSS JOIN visible.activity AS a ON a.parent_id = below.id
    WHERE a.id <> :id
)
SELECT id FROM below WHERE depth > 0 ORDER BY depth, start_at, id;

-- name: chronicle_of_party
-- Of a party that one sees: an activity that refers to a hidden one does not tell to which.
SELECT id FROM visible.activity
WHERE party_id = :of AND (start_at, id) < (:at, :id)
  AND EXISTS (SELECT 1 FROM visible.party AS p WHERE p.id = :of)
  AND (state = 'completed' OR (:planned_too AND state <> 'cancelled'))
  AND (:kind IS NULL OR kind = :kind)
  AND (:stage IS NULL OR stage = :stage)
  AND (:direction IS NULL OR direction = :direction)
ORDER BY start_at DESC, id DESC LIMIT :limit;

-- name: chronicle_of_contact
-- With it, or with it among the participants.
SELECT id FROM (
    SELECT a.id, a.start_at FROM visible.activity AS a WHERE a.contact_id = :of AND (a.start_at, a.id) < (:at, :id)
      AND (a.state = 'completed' OR (:planned_too AND a.state <> 'cancelled'))
      AND (:kind IS NULL OR a.kind = :kind)
      AND (:stage IS NULL OR a.stage = :stage)
      AND (:direction IS NULL OR a.direction = :direction)
    UNION
    SELECT a.id, a.start_at FROM visible.participant AS p CROSS JOIN visible.activity AS a ON a.id = p.activity_id
    WHERE p.contact_id = :of AND (a.start_at, a.id) < (:at, :id)
      AND (a.state = 'completed' OR (:planned_too AND a.state <> 'cancelled'))
      AND (:kind IS NULL OR a.kind = :kind)
      AND (:stage IS NULL OR a.stage = :stage)
      AND (:direction IS NULL OR a.direction = :direction)
    ORDER BY 2 DESC, 1 DESC LIMIT :limit
)
WHERE EXISTS (SELECT 1 FROM visible.contact AS c WHERE c.id = :of);

-- name: chronicle_of_lead
-- Of a lead that one sees: an activity that refers to a hidden one does not tell to which.
SELECT id FROM visible.activity
WHERE lead_id = :of AND (start_at, id) < (:at, :id)
  AND EXISTS (SELECT 1 FROM visible.lead AS l WHERE l.id = :of)
  AND (state = 'completed' OR (:planned_too AND state <> 'cancelled'))
  AND (:kind IS NULL OR kind = :kind)
  AND (:stage IS NULL OR stage = :stage)
  AND (:direction IS NULL OR direction = :direction)
ORDER BY start_at DESC, id DESC LIMIT :limit;
