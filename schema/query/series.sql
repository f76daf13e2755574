-- name: other unfiltered
-- Another activity of the same occurrence.
SELECT 1 FROM activity WHERE series_id = :series AND recurrence_id = :at AND id <> :id;

-- name: any unfiltered
SELECT 1 FROM activity WHERE series_id = :series LIMIT 1;

-- name: at unfiltered
SELECT id FROM activity WHERE series_id = :series AND recurrence_id = :at;

-- name: occurrences unfiltered
-- In order of the index, without a sort.
SELECT id FROM activity WHERE series_id = :series ORDER BY recurrence_id;

-- name: occurrences_from unfiltered
SELECT id FROM activity WHERE series_id = :series AND recurrence_id >= :at ORDER BY recurrence_id;

-- name: touched
SELECT id FROM visible.activity WHERE series_id = :series ORDER BY recurrence_id;

-- name: touched_at
SELECT id FROM visible.activity WHERE series_id = :series AND recurrence_id = :at;

-- name: participants unfiltered
SELECT id FROM participant WHERE activity_id = :series;

-- name: shares unfiltered
-- In force; of one grantee, or all.
SELECT id FROM share WHERE record_id = :series AND (:grantee = 0 OR +grantee_id = :grantee)
  AND (ends_on IS NULL OR ends_on >= :today);

-- name: own_starts
-- When the occurrences of a series were to start that have activities of their own.
SELECT a.recurrence_id FROM visible.activity AS a
WHERE a.series_id = :series AND a.recurrence_id >= :since AND a.recurrence_id < :until
ORDER BY a.recurrence_id;
