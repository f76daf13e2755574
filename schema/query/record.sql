-- name: is_undo unfiltered
SELECT 1 FROM command WHERE id = :command AND verb = 'undo';
