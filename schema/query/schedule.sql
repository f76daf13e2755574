-- name: touching
-- The entries of a user that touch some days; none is longer than a year, so both ends of the index are known.
SELECT id FROM visible.schedule_entry
WHERE owner_id = :user AND starts_on BETWEEN date(:from, '-366 days') AND :to AND ends_on >= :from
ORDER BY starts_on, starts, id LIMIT 10000;

-- name: all_touching unfiltered
SELECT id FROM schedule_entry
WHERE owner_id = :user AND starts_on BETWEEN date(:from, '-366 days') AND :to AND ends_on >= :from;

-- name: overlapping unfiltered
-- Another entry of whole days on one of these, or, for hours, of some of the same hours on one of them.
SELECT 1 FROM schedule_entry
WHERE owner_id = :user AND starts_on BETWEEN date(:from, '-366 days') AND :to AND ends_on >= :from AND id <> :id
  AND (starts IS NULL) = (:starts IS NULL) AND (:starts IS NULL OR (starts < :ends AND ends > :starts));

-- name: active_users
SELECT id FROM visible.user WHERE is_active ORDER BY login_key;
