-- name: of
-- An activity has few: sorting them costs nothing.
SELECT id FROM visible.participant WHERE activity_id = :activity ORDER BY role <> 'chair', id LIMIT 1000;

-- name: of_user
SELECT id FROM visible.participant WHERE activity_id = :activity AND user_id = :user;

-- name: waiting
-- Invitations are answered: those that wait are few.
SELECT p.id FROM visible.participant AS p CROSS JOIN visible.activity AS a ON a.id = p.activity_id
WHERE p.user_id = :user AND p.acceptance = 'needs_action' AND a.state IN ('planned', 'started')
ORDER BY p.id LIMIT :limit;

-- name: share_with unfiltered
SELECT id FROM share WHERE grantee_id = :user AND record_id = :activity;

-- name: ended_share unfiltered
SELECT id FROM share WHERE grantee_id = :user AND record_id = :activity AND ends_on < :today;

-- name: share_of_invitation unfiltered
-- As the command that invited made it.
SELECT id FROM share WHERE grantee_id = :user AND record_id = :activity
  AND level = 'read' AND ends_on IS NULL AND created_in = :command;
