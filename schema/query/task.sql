-- name: assigned_by
SELECT id FROM visible.activity
WHERE assigned_by_id = :user AND (start_at, id) < (:at, :id)
  AND (NOT :open_only OR state IN ('planned', 'started'))
ORDER BY start_at DESC, id DESC LIMIT :limit;

-- name: to_dos
SELECT id FROM visible.activity
WHERE owner_id = :user AND is_todo = 1 AND (start_at, id) < (:at, :id)
  AND (NOT :open_only OR state IN ('planned', 'started'))
ORDER BY start_at DESC, id DESC LIMIT :limit;

-- name: party_today
-- The party that a contact is or, if it is one only, speaks for on a day.
SELECT max(id) FROM (
    SELECT c.person_id AS id FROM visible.contact AS c WHERE c.id = :contact AND c.person_id IS NOT NULL
    UNION
    SELECT m.party_id FROM visible.membership AS m
    WHERE m.contact_id = :contact AND NOT EXISTS (SELECT 1 FROM visible.contact AS c
                                                  WHERE c.id = :contact AND c.person_id IS NOT NULL)
      AND (m.starts_on IS NULL OR m.starts_on <= :today) AND (m.ends_on IS NULL OR m.ends_on >= :today))
HAVING count(*) = 1;
