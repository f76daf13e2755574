-- name: of_activity
SELECT id FROM visible.time_entry WHERE activity_id = :activity ORDER BY worked_on, id;

-- name: day_is_full unfiltered
-- Whether the minutes given are too many for what is booked of a user's day already.
SELECT 1 FROM time_entry WHERE user_id = :user AND worked_on = :day AND id <> :id
GROUP BY user_id HAVING sum(minutes) + :minutes > 1440;

-- name: worked
-- What was booked on some days, and for which project, as far as that is seen.
SELECT t.user_id, t.worked_on, t.activity_id, t.minutes,
       (SELECT p.id FROM visible.activity AS a CROSS JOIN visible.project AS p ON p.id = a.project_id
        WHERE a.id = t.activity_id)
FROM visible.time_entry AS t WHERE t.worked_on BETWEEN :from AND :to;

-- name: worked_by_user
SELECT t.user_id, t.worked_on, t.activity_id, t.minutes,
       (SELECT p.id FROM visible.activity AS a CROSS JOIN visible.project AS p ON p.id = a.project_id
        WHERE a.id = t.activity_id)
FROM visible.time_entry AS t WHERE t.user_id = :user AND t.worked_on BETWEEN :from AND :to;
