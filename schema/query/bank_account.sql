-- name: of
-- A party has few: sorting them costs nothing.
SELECT id FROM visible.bank_account WHERE party_id = :party ORDER BY is_primary DESC, id;

-- name: with_number
SELECT id FROM visible.bank_account WHERE number_key = :key ORDER BY id LIMIT 1000;
