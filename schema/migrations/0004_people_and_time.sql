-- Version 4: projects, what is known of parties and contacts beyond their names, segments, saved filters.
UPDATE meta SET value = 4 WHERE key IN ('min_reader', 'min_writer');

-- [projects]

-- [people]

-- [segments and filters]
