-- name: entries
-- What of one user may overlap a window: what starts in it or within a day before, what is longer than that and began
-- earlier, and series that have not ended before it. A branch for each, on an index of its own. What is no part of any
-- calendar, to-dos among it, is left out in `own`, once for all. The last branch is what others are responsible for and
-- the user takes part in, of the participations that `taken_part` found.
WITH own AS NOT MATERIALIZED (
    SELECT a.* FROM visible.activity AS a
    WHERE a.owner_id = :user AND NOT a.is_todo AND (:cancelled_too OR +a.state <> 'cancelled')
),
found (id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id,
       recurrence, owner_id, acceptance) AS (
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id,
           recurrence, owner_id, NULL
    FROM own
    WHERE start_at >= :since - 86400000000 AND start_at < :until AND +recurrence IS NULL
      AND max(start_at + 1, ifnull(end_at, 0)) > :since
    UNION ALL
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id,
           recurrence, owner_id, NULL
    FROM own
    WHERE end_at > :since AND end_at - start_at > 86400000000 AND start_at < :since - 86400000000
      AND +recurrence IS NULL
    UNION ALL
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id,
           recurrence, owner_id, NULL
    FROM own
    WHERE recurrence IS NOT NULL AND ifnull(recurs_until, 9223372036854775807) >= :since AND +start_at < :until
    UNION ALL
    SELECT a.id, a.start_at, a.end_at, a.subject, a.kind, a.status, a.priority, a.state, a.zone, a.party_id, a.series_id,
           a.recurrence_id, a.recurrence, a.owner_id, t.acceptance
    FROM json_each(:taken_part) AS c CROSS JOIN visible.participant AS t ON t.id = c.value
         CROSS JOIN visible.activity AS a ON a.id = t.activity_id
    WHERE t.user_id = :user AND t.acceptance IS NOT 'declined' AND a.owner_id <> :user AND NOT a.is_todo
      AND (:cancelled_too OR a.state <> 'cancelled') AND a.start_at < :until
      AND CASE WHEN a.recurrence IS NULL THEN max(a.start_at + 1, ifnull(a.end_at, 0)) > :since
               ELSE ifnull(a.recurs_until, 9223372036854775807) >= :since END
)
SELECT f.id, f.start_at, f.end_at, f.subject, f.kind, f.status, f.priority, f.state, f.zone, f.recurrence_id,
       f.recurrence, (SELECT s.id FROM visible.activity AS s WHERE s.id = f.series_id), p.id, p.name,
       f.owner_id, f.acceptance
FROM found AS f LEFT JOIN visible.party AS p ON p.id = f.party_id;

-- name: taken_part unfiltered
-- The participations of a user that may be in a window: by times first, because rights cost more to look at.
SELECT t.id FROM participant AS t CROSS JOIN activity AS a ON a.id = t.activity_id
WHERE t.user_id = :user AND a.owner_id <> :user AND a.start_at < :until
  AND (a.recurrence IS NOT NULL OR max(a.start_at + 1, ifnull(a.end_at, 0)) > :since);

-- name: user
SELECT 1 FROM visible.user WHERE id = :user;
