-- name: of
SELECT id FROM visible.attachment WHERE record_id = :record ORDER BY id LIMIT 1000;

-- name: removed_before unfiltered
-- Attachments with a content that are gone since before a time.
SELECT /* all that was removed */ u.record_id FROM file_use AS u
WHERE NOT EXISTS (SELECT 1 FROM attachment AS a WHERE a.id = u.record_id)
  AND (SELECT c.at FROM change AS h CROSS JOIN command AS c ON c.id = h.command_id
       WHERE h.ref = u.record_id ORDER BY h.command_id DESC LIMIT 1) < :before;
