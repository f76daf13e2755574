-- name: is_below unfiltered
WITH RECURSIVE above (id) AS (
    VALUES (:parent)
    UNION
    SELECT territory.parent_id FROM above JOIN territory ON territory.id = above.id
    WHERE territory.parent_id IS NOT NULL
)
SELECT 1 FROM above WHERE id = :id;

-- name: of_party unfiltered
SELECT territory_id FROM party WHERE id = :party AND territory_id IS NOT NULL;

-- name: activities unfiltered
SELECT id FROM activity WHERE party_id = :party AND +territory_id IS :from;

-- name: contacts unfiltered
-- A natural person stands where its own party does.
SELECT DISTINCT c.id FROM membership AS m CROSS JOIN contact AS c ON c.id = m.contact_id
WHERE m.party_id = :party AND +c.territory_id IS :from AND c.person_id IS NULL;

-- name: is_joined unfiltered
-- Whether the party has a territory to give and the contact has none.
SELECT 1 FROM party AS p CROSS JOIN contact AS c ON c.id = :contact
WHERE p.id = :party AND p.territory_id IS NOT NULL AND c.territory_id IS NULL;
