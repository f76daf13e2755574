-- name: open_work unfiltered
SELECT id FROM activity WHERE lead_id = :lead AND state IN ('planned', 'started');

-- name: cancelled_with unfiltered
-- What the command cancelled that gave the lead up, with the state before, where nothing came after it.
SELECT a.id, json_extract(c.before, '$.state')
FROM activity AS a CROSS JOIN change AS c ON c.ref = a.id AND c.command_id = (
    SELECT max(l.command_id) FROM change AS l
    WHERE l.ref = :lead AND json_extract(l.before, '$.state') IS NOT NULL AND substr(l.before, 1, 6) <> '{"id":')
WHERE a.lead_id = :lead AND a.state = 'cancelled' AND json_extract(c.before, '$.state') IN ('planned', 'started')
  AND NOT EXISTS (SELECT 1 FROM change AS later WHERE later.ref = a.id AND later.command_id > c.command_id
                  AND json_extract(later.before, '$.state') IS NOT NULL);

-- name: activities unfiltered
SELECT id FROM activity WHERE lead_id = :lead;

-- name: points unfiltered
-- Those of a lead, and whether the record that it becomes has the same.
SELECT p.id, EXISTS (SELECT 1 FROM point AS known
                     WHERE known.record_id = :to AND known.type = p.type AND known.normalized = p.normalized)
FROM point AS p WHERE p.record_id = :lead;

-- name: addresses unfiltered
SELECT a.id, EXISTS (SELECT 1 FROM address AS known
                     WHERE known.record_id = :to AND known.type IS a.type AND known.street IS a.street
                       AND known.city IS a.city AND known.postal_code IS a.postal_code)
FROM address AS a WHERE a.record_id = :lead;

-- name: notes unfiltered
SELECT id, 0 FROM note WHERE record_id = :lead AND :to;

-- name: consents unfiltered
SELECT id, 0 FROM consent WHERE record_id = :lead AND :to;

-- name: contacts_known
-- Contacts that are reached by a phone or an e-mail address, by that of the natural person that they are too.
SELECT c.id FROM visible.point AS p CROSS JOIN visible.contact AS c ON c.id = p.record_id
WHERE p.normalized = :value
UNION
SELECT c.id FROM visible.point AS p CROSS JOIN visible.contact AS c ON c.person_id = p.record_id
WHERE p.normalized = :value
ORDER BY 1 LIMIT :limit;

-- name: leads_known
SELECT l.id FROM visible.point AS p CROSS JOIN visible.lead AS l ON l.id = p.record_id
WHERE p.normalized = :value AND l.state IN ('new', 'queued', 'taken')
ORDER BY l.id LIMIT :limit;

-- name: organisations_known
SELECT o.id FROM visible.point AS p CROSS JOIN visible.party AS o ON o.id = p.record_id
WHERE p.normalized = :value AND o.nature = 'organisation'
ORDER BY o.id LIMIT :limit;

-- name: is_reached_by unfiltered
-- Whether a phone or an e-mail address is known of a record, or of the natural person that a contact is too.
SELECT 1 FROM point
WHERE normalized = :value
  AND record_id IN (SELECT :record UNION ALL SELECT c.person_id FROM contact AS c WHERE c.id = :record);

-- name: became
-- Leads that became a contact or a party.
SELECT id FROM visible.lead WHERE contact_id = :record
UNION
SELECT id FROM visible.lead WHERE party_id = :record;
