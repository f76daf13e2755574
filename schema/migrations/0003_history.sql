-- the trash
UPDATE meta SET value = 3 WHERE key IN ('min_reader', 'min_writer');

CREATE INDEX change_removal ON change (command_id, ref) WHERE substr(before, 1, 6) = '{"id":';
