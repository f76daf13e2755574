-- name: label
SELECT id FROM visible.list_label WHERE value_id = :value AND language = :language;
