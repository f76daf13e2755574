-- name: is_undo unfiltered
SELECT 1 FROM undone WHERE undone_by = :command;
