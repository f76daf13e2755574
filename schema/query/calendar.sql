-- name: entries
-- What of one user may overlap a window: what starts in it or within a day before, what is longer than that and began
-- earlier, and series that have not ended before it. A branch for each, on an index of its own. What is no part of any
-- calendar, to-dos among it, is left out in `own`, once for all.
WITH own AS NOT MATERIALIZED (
    SELECT a.* FROM visible.activity AS a
    WHERE a.owner_id = :user AND NOT a.is_todo AND (:cancelled_too OR +a.state <> 'cancelled')
),
found (id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id,
       recurrence) AS (
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id, recurrence
    FROM own
    WHERE start_at >= :since - 86400000000 AND start_at < :until AND +recurrence IS NULL
      AND max(start_at + 1, ifnull(end_at, 0)) > :since
    UNION ALL
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id, recurrence
    FROM own
    WHERE end_at > :since AND end_at - start_at > 86400000000 AND start_at < :since - 86400000000
      AND +recurrence IS NULL
    UNION ALL
    SELECT id, start_at, end_at, subject, kind, status, priority, state, zone, party_id, series_id, recurrence_id, recurrence
    FROM own
    WHERE recurrence IS NOT NULL AND ifnull(recurs_until, 9223372036854775807) >= :since AND +start_at < :until
)
SELECT f.id, f.start_at, f.end_at, f.subject, f.kind, f.status, f.priority, f.state, f.zone, f.recurrence_id,
       f.recurrence, (SELECT s.id FROM visible.activity AS s WHERE s.id = f.series_id), p.id, p.name
FROM found AS f LEFT JOIN visible.party AS p ON p.id = f.party_id;

-- name: touched
-- When the occurrences of a series were to start that have activities of their own.
SELECT a.recurrence_id FROM visible.activity AS a
WHERE a.series_id = :series AND a.recurrence_id >= :since AND a.recurrence_id < :until
ORDER BY a.recurrence_id;

-- name: user
SELECT 1 FROM visible.user WHERE id = :user;
