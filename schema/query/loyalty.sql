-- name: history
SELECT id FROM visible.loyalty_movement WHERE party_id = :party
ORDER BY moved_on DESC, id DESC LIMIT 1000;

-- name: flows
SELECT m.from_grade, m.to_grade, m.reason,
       (SELECT c.id FROM visible.party AS c WHERE c.id = m.competitor_id) AS competitor_id, count(*) AS movements
FROM visible.loyalty_movement AS m
WHERE m.moved_on >= :from AND m.moved_on <= :to
GROUP BY 1, 2, 3, 4 ORDER BY movements DESC, 1, 2, 3, 4 LIMIT 10000;

-- name: last_made unfiltered
-- The movement that a change of the grade has just left.
SELECT id FROM loyalty_movement WHERE party_id = :party AND created_in = :command ORDER BY id DESC LIMIT 1;
