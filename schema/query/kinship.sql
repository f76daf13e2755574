-- name: of
-- A contact has few: sorting them costs nothing. Of a hidden contact nothing is told that leads to it.
SELECT id FROM visible.kinship WHERE contact_id = :contact
UNION ALL
SELECT k.id FROM visible.kinship AS k
WHERE k.kin_id = :contact AND EXISTS (SELECT 1 FROM visible.contact AS c WHERE c.id = :contact)
ORDER BY id;
