-- name: leads_back unfiltered
-- Whether, on some day of the period, what stands above :other leads to :party. The way carries the days on which
-- all of it holds; '' is before all days, '9999-12-31' the last.
WITH RECURSIVE above (id, since, until) AS (
    VALUES (:other, COALESCE(:starts_on, ''), COALESCE(:ends_on, '9999-12-31'))
    UNION
    SELECT l.other_id, max(above.since, COALESCE(l.starts_on, '')), min(above.until, COALESCE(l.ends_on, '9999-12-31'))
    FROM above CROSS JOIN party_link AS l ON l.party_id = above.id
    WHERE l.type IN ('branch_of', 'subsidiary_of', 'member_of') AND +l.id <> :id
      AND max(above.since, COALESCE(l.starts_on, '')) <= min(above.until, COALESCE(l.ends_on, '9999-12-31'))
)
SELECT 1 FROM above WHERE id = :party;

-- name: overlaps unfiltered
SELECT 1 FROM party_link
WHERE party_id = :party AND type = :type AND +other_id = :other AND +id <> :id
  AND (:starts_on IS NULL OR ends_on IS NULL OR ends_on >= :starts_on)
  AND (:ends_on IS NULL OR starts_on IS NULL OR starts_on <= :ends_on);

-- name: of
-- Both ends are walked in the order of their indexes.
SELECT id FROM (
    SELECT id, type FROM visible.party_link
    WHERE party_id = :party AND (:type IS NULL OR type = :type)
      AND type >= :after_type AND (type > :after_type OR id > :after_id)
    UNION ALL
    SELECT id, type FROM visible.party_link
    WHERE other_id = :party AND (:type IS NULL OR type = :type)
      AND type >= :after_type AND (type > :after_type OR id > :after_id)
    ORDER BY type, id LIMIT :limit);

-- name: above
WITH RECURSIVE above (id, level) AS (
    SELECT p.id, 0 FROM visible.party AS p WHERE p.id = :party
    UNION
    SELECT l.other_id, above.level + 1
    FROM above CROSS JOIN visible.party_link AS l ON l.party_id = above.id
    WHERE l.type IN ('branch_of', 'subsidiary_of', 'member_of') AND above.level < 100
      AND (l.starts_on IS NULL OR l.starts_on <= :on) AND (l.ends_on IS NULL OR l.ends_on >= :on)
)
SELECT id, min(level) AS level FROM above WHERE level > 0 GROUP BY id ORDER BY level, id LIMIT :limit;

-- name: below
WITH RECURSIVE below (id, level) AS (
    SELECT p.id, 0 FROM visible.party AS p WHERE p.id = :party
    UNION
    SELECT l.party_id, below.level + 1
    FROM below CROSS JOIN visible.party_link AS l ON l.other_id = below.id
    WHERE l.type IN ('branch_of', 'subsidiary_of', 'member_of') AND below.level < 100
      AND (l.starts_on IS NULL OR l.starts_on <= :on) AND (l.ends_on IS NULL OR l.ends_on >= :on)
)
SELECT id, min(level) AS level FROM below WHERE level > 0 GROUP BY id ORDER BY level, id LIMIT :limit;
