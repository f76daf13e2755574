-- name: units
-- A unit and those below it; units are few.
WITH RECURSIVE below (id) AS (
    SELECT u.id FROM visible.unit AS u WHERE u.id = :unit
    UNION
    SELECT u.id FROM below CROSS JOIN visible.unit AS u ON u.parent_id = below.id
)
SELECT id FROM below ORDER BY id LIMIT 10000;

-- name: parties_of_unit
-- The next parties by name, and whether contact broke off with each. What recurs is planned until its last time.
SELECT w.id, w.name_key, w.name, w.status,
       (:unplanned AND NOT EXISTS (SELECT 1 FROM visible.activity AS a
                                   WHERE a.party_id = w.id AND a.state IN ('planned', 'started')
                                     AND ifnull(a.recurs_until > :now, 1)))
       OR (:silent AND NOT EXISTS (SELECT 1 FROM visible.activity AS a
                                   WHERE a.party_id = w.id AND a.state = 'completed' AND a.start_at > :since))
FROM (SELECT p.id, p.name_key, p.name, p.status FROM visible.party AS p
      WHERE p.unit_id = :whose AND (p.name_key, p.id) > (:name, :id)
      ORDER BY p.name_key, p.id LIMIT :limit) AS w;

-- name: parties_of_user
SELECT w.id, w.name_key, w.name, w.status,
       (:unplanned AND NOT EXISTS (SELECT 1 FROM visible.activity AS a
                                   WHERE a.party_id = w.id AND a.state IN ('planned', 'started')
                                     AND ifnull(a.recurs_until > :now, 1)))
       OR (:silent AND NOT EXISTS (SELECT 1 FROM visible.activity AS a
                                   WHERE a.party_id = w.id AND a.state = 'completed' AND a.start_at > :since))
FROM (SELECT p.id, p.name_key, p.name, p.status FROM visible.party AS p
      WHERE p.owner_id = :whose AND (p.name_key, p.id) > (:name, :id)
      ORDER BY p.name_key, p.id LIMIT :limit) AS w;

-- name: last
SELECT id, start_at FROM visible.activity WHERE party_id = :party AND state = 'completed'
ORDER BY start_at DESC, id DESC LIMIT 1;

-- name: next
SELECT id, start_at FROM visible.activity
WHERE party_id = :party AND state IN ('planned', 'started') AND ifnull(recurs_until > :now, 1)
ORDER BY start_at, id LIMIT 1;

-- name: ends_of_unit
-- The next activities, newest first, and whether each is the end of a chain.
SELECT w.id, w.start_at,
       w.state = 'completed' AND EXISTS (SELECT 1 FROM visible.activity AS b WHERE b.id = w.follow_up_of_id)
       AND NOT EXISTS (SELECT 1 FROM visible.activity AS f WHERE f.follow_up_of_id = w.id),
       (SELECT p.status FROM visible.party AS p WHERE p.id = w.party_id)
FROM (SELECT a.id, a.start_at, a.state, a.follow_up_of_id, a.party_id FROM visible.activity AS a
      WHERE a.unit_id = :whose AND a.start_at <= :since AND (a.start_at, a.id) < (:at, :id)
      ORDER BY a.start_at DESC, a.id DESC LIMIT :limit) AS w;

-- name: ends_of_user
SELECT w.id, w.start_at,
       w.state = 'completed' AND EXISTS (SELECT 1 FROM visible.activity AS b WHERE b.id = w.follow_up_of_id)
       AND NOT EXISTS (SELECT 1 FROM visible.activity AS f WHERE f.follow_up_of_id = w.id),
       (SELECT p.status FROM visible.party AS p WHERE p.id = w.party_id)
FROM (SELECT a.id, a.start_at, a.state, a.follow_up_of_id, a.party_id FROM visible.activity AS a
      WHERE a.owner_id = :whose AND a.start_at <= :since AND (a.start_at, a.id) < (:at, :id)
      ORDER BY a.start_at DESC, a.id DESC LIMIT :limit) AS w;

-- name: done
SELECT start_at FROM visible.activity
WHERE party_id = :party AND state = 'completed' AND start_at >= :from AND start_at < :to
ORDER BY start_at;
