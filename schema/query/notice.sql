-- name: unread unfiltered
-- Of the user who asks; whether its command still stands is asked of each.
SELECT n.id, n.reason, n.record_id, n.text, c.user_id, n.command_id, c.at, n.read_at
FROM notice AS n CROSS JOIN command AS c ON c.id = n.command_id
WHERE n.user_id = :user AND n.read_at IS NULL ORDER BY n.id;

-- name: newest unfiltered
SELECT n.id, n.reason, n.record_id, n.text, c.user_id, n.command_id, c.at, n.read_at
FROM notice AS n CROSS JOIN command AS c ON c.id = n.command_id
WHERE n.user_id = :user AND n.id < :before ORDER BY n.id DESC;

-- name: mine unfiltered
SELECT 1 FROM notice WHERE id = :id AND user_id = :user;

-- name: is_silent unfiltered
-- Whether the command is of a run or an undo.
SELECT 1 FROM command WHERE id = :command AND run_id IS NOT NULL
UNION ALL
SELECT 1 FROM undone WHERE undone_by = :command;

-- name: maker unfiltered
SELECT user_id FROM command WHERE id = :command;
