-- name: of
-- A record has few: sorting them costs nothing.
SELECT id FROM visible.memorable_date WHERE record_id = :record ORDER BY month_day, id;

-- name: upcoming
-- This and the next two are what is coming up, each in the order of its index, from after a key on.
SELECT d.month_day, d.id, d.record_id,
       COALESCE((SELECT p.name FROM visible.party AS p WHERE p.id = d.record_id),
                (SELECT c.name FROM visible.contact AS c WHERE c.id = d.record_id)) AS name,
       d.year, d.type, d.label
FROM visible.memorable_date AS d
WHERE d.month_day >= :month_day AND d.month_day <= :last AND (d.month_day > :month_day OR d.id > :id)
  AND (d.year IS NULL OR d.year <= CAST(:year AS INTEGER))
ORDER BY d.month_day, d.id LIMIT :limit;

-- name: birthdays
SELECT substr(c.born_on, 6), c.id, c.id, c.name, CAST(substr(c.born_on, 1, 4) AS INTEGER)
FROM visible.contact AS c
WHERE c.born_on IS NOT NULL AND substr(c.born_on, 6) >= :month_day AND substr(c.born_on, 6) <= :last
  AND (substr(c.born_on, 6) > :month_day OR c.id > :id) AND substr(c.born_on, 1, 4) <= :year
ORDER BY substr(c.born_on, 6), c.id LIMIT :limit;

-- name: kin_birthdays
SELECT substr(k.born_on, 6), k.id, k.contact_id,
       (SELECT c.name FROM visible.contact AS c WHERE c.id = k.contact_id) AS name,
       CAST(substr(k.born_on, 1, 4) AS INTEGER), k.relation, k.name
FROM visible.kinship AS k
WHERE k.born_on IS NOT NULL AND substr(k.born_on, 6) >= :month_day AND substr(k.born_on, 6) <= :last
  AND (substr(k.born_on, 6) > :month_day OR k.id > :id) AND substr(k.born_on, 1, 4) <= :year
ORDER BY substr(k.born_on, 6), k.id LIMIT :limit;
