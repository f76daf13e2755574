-- name: next unfiltered
-- The lead of a queue that is taken next. Members need not see it before.
SELECT id FROM lead WHERE queue_id = :queue AND state = 'queued'
ORDER BY score DESC, queued_at, id LIMIT 1;

-- name: waiting
-- In the order in which they are taken.
SELECT id FROM visible.lead WHERE queue_id = :queue AND state = 'queued'
ORDER BY score DESC, queued_at, id LIMIT :limit;

-- name: is_member unfiltered
SELECT 1 FROM lead_queue_member WHERE queue_id = :queue AND user_id = :user;

-- name: turns unfiltered
-- The members at work, first who was given a lead of the queue the longest ago, and how many each works on.
SELECT m.user_id, (SELECT count(*) FROM lead AS l WHERE l.owner_id = m.user_id AND l.state = 'taken')
FROM lead_queue_member AS m CROSS JOIN user AS u ON u.id = m.user_id AND u.is_active
WHERE m.queue_id = :queue
ORDER BY (SELECT max(l.taken_at) FROM lead AS l WHERE l.queue_id = :queue AND l.owner_id = m.user_id), m.id;

-- name: by_name
SELECT id FROM visible.lead_queue WHERE name_key = :key;

-- name: members
SELECT id FROM visible.lead_queue_member WHERE queue_id = :queue ORDER BY id;

-- name: member
SELECT id FROM visible.lead_queue_member WHERE queue_id = :queue AND user_id = :user;
