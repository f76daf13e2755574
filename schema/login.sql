-- Passwords, as argon2id keeps them. Of no record kind: no read path, no history and no export reaches them.
CREATE TABLE credential (
    user_id    INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE,
    hash       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL             -- microseconds UTC
) STRICT;

-- Failed logins, counted for all processes: by user, and for unknown logins in a bounded number of buckets.
CREATE TABLE login_attempt (
    bucket     INTEGER PRIMARY KEY,         -- id of the user; negative for unknown logins
    failures   INTEGER NOT NULL,
    free_at    INTEGER NOT NULL             -- microseconds UTC: not tried before
) STRICT;
