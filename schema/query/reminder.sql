-- name: of
-- A record has few: sorting them costs nothing.
SELECT id FROM visible.reminder WHERE record_id = :record ORDER BY id;

-- name: of_record unfiltered
SELECT id FROM reminder WHERE record_id = :record;

-- name: next_due unfiltered
-- Of the user who asks, soonest first; whether he sees them is asked of each until he does.
SELECT due_at, reminder_id FROM reminder_due WHERE user_id = :user AND due_at IS NOT NULL ORDER BY due_at;

-- name: due unfiltered
-- Of the user who asks; whether he sees the records is asked of each.
SELECT reminder_id, due_at, event_at FROM reminder_due
WHERE user_id = :user AND due_at <= :now ORDER BY due_at, reminder_id LIMIT :limit;

-- name: handed unfiltered
SELECT handed_event_at, due_at, event_at, snoozed_until, snoozed_event_at FROM reminder_due WHERE reminder_id = :id;

-- name: handed_starts unfiltered
SELECT event_at, starts_at FROM reminder_handed WHERE reminder_id = :id;

-- name: zone_of unfiltered
SELECT zone FROM user WHERE id = :user;

-- name: occasions unfiltered
-- The days of the year of a party or contact, for whom they are not hidden. A natural person's birthday is its contact's.
SELECT month_day, type FROM memorable_date WHERE :dates AND record_id = :record
UNION ALL
SELECT substr(born_on, 6), 'birthday' FROM contact WHERE :birthdays AND id = :record AND born_on IS NOT NULL
UNION ALL
SELECT substr(born_on, 6), 'birthday' FROM contact WHERE :birthdays AND person_id = :record AND born_on IS NOT NULL
UNION ALL
SELECT substr(born_on, 6), 'kin_birthday' FROM kinship WHERE :kin AND contact_id = :record AND born_on IS NOT NULL;

-- name: moved unfiltered
-- Of the touched occurrences of a series that are still to start and were not handed out the first.
SELECT recurrence_id, min(start_at) FROM activity AS a
WHERE series_id = :series AND start_at >= :from AND state IN ('planned', 'started')
  AND NOT EXISTS (SELECT 1 FROM reminder_handed AS h
                  WHERE h.reminder_id = :id AND h.event_at = a.recurrence_id AND h.starts_at = a.start_at);

-- name: occurrence unfiltered
-- The activity of a touched occurrence.
SELECT id FROM activity WHERE series_id = :series AND recurrence_id = :at;
