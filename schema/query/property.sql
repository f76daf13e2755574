-- name: named
SELECT id FROM visible.property WHERE kind = :kind AND name = :name;

-- name: of_kind
SELECT id FROM visible.property WHERE kind = :kind ORDER BY position, id;

-- name: label
SELECT id FROM visible.property_label WHERE definition_id = :property AND language = :language;

-- name: labels
SELECT language, label FROM visible.property_label WHERE definition_id = :property;
