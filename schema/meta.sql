-- Facts about the file: who may read and write it, its copy number, its defaults.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,     -- min_reader, min_writer, fold_version, copy_number, copy_uuid, identity, country, zone,
    value ANY                   -- language, currency, epoch (bumped by every change of rights, users or lists)
) STRICT, WITHOUT ROWID;
