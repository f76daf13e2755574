-- name: callers
-- Whose number it is; of a natural person its contact. Few have one number: sorting them costs nothing.
SELECT COALESCE((SELECT c.id FROM visible.contact AS c WHERE c.person_id = p.record_id), p.record_id)
FROM visible.point AS p WHERE p.normalized = :number
ORDER BY CASE WHEN p.record_id & 255 = 18 THEN 0
              WHEN EXISTS (SELECT 1 FROM visible.contact AS c WHERE c.person_id = p.record_id) THEN 0
              WHEN p.record_id & 255 = 16 THEN 1 ELSE 2 END,
         p.created_in DESC, p.id DESC LIMIT 50;

-- name: speaks_for
-- For whom a contact speaks on a day, last joined first.
SELECT m.party_id FROM visible.membership AS m
WHERE m.contact_id = :contact
  AND (m.starts_on IS NULL OR m.starts_on <= :today) AND (m.ends_on IS NULL OR m.ends_on >= :today)
ORDER BY m.starts_on DESC, m.created_in DESC, m.id DESC LIMIT 1;

-- name: entry unfiltered
-- The one that was made with the call, in the chronicle.
SELECT id FROM activity WHERE call_id = :call AND created_in = :command AND is_todo = 0 ORDER BY id LIMIT 1;

-- name: forwards
SELECT id FROM visible.call_forward WHERE call_id = :call ORDER BY forwarded_at, id;

-- name: administrator unfiltered
-- The active user who has been here longest of those who may administer.
WITH RECURSIVE holder (id) AS (
    SELECT holder_id FROM access_right WHERE action = 'administer'
    UNION
    SELECT g.id FROM holder JOIN user_group AS g ON g.parent_id = holder.id
)
SELECT u.id FROM user AS u
WHERE u.is_active AND (u.id IN (SELECT id FROM holder) OR u.position_id IN (SELECT id FROM holder)
    OR EXISTS (SELECT 1 FROM user_group_member AS m WHERE m.user_id = u.id AND m.group_id IN (SELECT id FROM holder)))
ORDER BY u.created_in, u.id LIMIT 1;
