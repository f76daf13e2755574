-- name: removed_of unfiltered
-- What was removed and belonged to a record.
SELECT command_id, ref, before FROM change
WHERE CAST(substr(before, CASE
    WHEN instr(before, '"record_id":') THEN instr(before, '"record_id":') + 12
    WHEN instr(before, '"contact_id":') THEN instr(before, '"contact_id":') + 13
    WHEN instr(before, '"party_id":') THEN instr(before, '"party_id":') + 11
    WHEN instr(before, '"person_id":') THEN instr(before, '"person_id":') + 12 END, 20) AS INTEGER) = :record
  AND substr(before, 1, 6) = '{"id":' AND (ref & 255) NOT IN (16, 23);

-- name: row unfiltered
SELECT e.id, e.command_id, c.at, c.user_id, u.login, e.person_id, e.reason, e.records, e.history_rows,
       e.external_keys, e.cleared, e.commands, e.sources, e.scrub_ended_at, e.lifted_in
FROM erasure AS e JOIN command AS c ON c.id = e.command_id JOIN user AS u ON u.id = c.user_id
WHERE e.id = :id;

-- name: newest unfiltered
SELECT id FROM erasure WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: names_of unfiltered
-- How the person is called in whose record a contact point stands.
SELECT name_key, first_key FROM contact WHERE id = :record
UNION ALL
SELECT name_key, first_key FROM contact WHERE person_id = :record
UNION ALL
SELECT name_key, first_key FROM lead WHERE id = :record;

-- name: leads_of unfiltered
-- The leads that became a contact, or a natural person, and name one.
SELECT id FROM lead
WHERE contact_id = :record AND COALESCE(first_name, last_name, patronymic, nick_name) IS NOT NULL
UNION
SELECT id FROM lead
WHERE party_id = :record AND COALESCE(first_name, last_name, patronymic, nick_name) IS NOT NULL;

-- name: is_person unfiltered
SELECT 1 FROM party WHERE id = :party AND nature = 'person';

-- name: points_of unfiltered
SELECT type, normalized FROM point WHERE record_id = :record;

-- name: calls_from unfiltered
SELECT id FROM call WHERE number_key = :number ORDER BY id LIMIT 500;
