-- Views of schema hostaway. Idempotent; ha-schema puts it behind the tables.

-- The accounts of this source, without anything secret.
CREATE OR REPLACE VIEW hostaway.accounts AS
SELECT account_id, customer_id, name, base_url, enabled, created_at,
	updated_at
FROM ha.accounts
WHERE source = 'hostaway';

-- Sent, or received: the list without planned messages gives these alone. A
-- message that does not say is one.
CREATE OR REPLACE FUNCTION hostaway.was_sent(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IS NULL OR status IN ('sent', '');

-- One thread for each reservation: its messages whole, in reading order. What
-- is planned, failed or was cancelled is in no count and no date: its status
-- says so, and how many these are is unsent_count.
-- A conversation without a reservation is a thread of its own. A message that
-- first came without its id is left out once the one with the id is there.
CREATE OR REPLACE VIEW hostaway.messages AS
SELECT c.account_id, a.customer_id, c.reservation_id,
	array_agg(DISTINCT c.id ORDER BY c.id) AS conversation_ids,
	count(*) FILTER (WHERE hostaway.was_sent(m.status)) AS message_count,
	min(m.date) FILTER (WHERE hostaway.was_sent(m.status)) AS first_date,
	max(m.date) FILTER (WHERE hostaway.was_sent(m.status)) AS last_date,
	jsonb_agg(m.raw_payload ORDER BY m.date, m.id, m.ident) AS thread,
	count(*) FILTER (WHERE NOT hostaway.was_sent(m.status)) AS unsent_count
FROM hostaway.conversations c
JOIN hostaway.message_rows m
	ON m.account_id = c.account_id AND m.conversation_id = c.id
LEFT JOIN ha.accounts a
	ON a.source = 'hostaway' AND a.account_id = c.account_id
WHERE m.deleted_at IS NULL
	AND (m.id IS NOT NULL OR NOT EXISTS (SELECT
		FROM hostaway.message_rows o
		WHERE o.account_id = m.account_id
			AND o.conversation_id = m.conversation_id
			AND o.date = m.date AND o.body = m.body
			AND o.id IS NOT NULL AND o.deleted_at IS NULL))
GROUP BY c.account_id, a.customer_id, c.reservation_id,
	CASE WHEN c.reservation_id IS NULL THEN c.id END;

COMMENT ON VIEW hostaway.messages IS
'threads, one per reservation, messages sorted by date and id; counts and '
'dates are those of what was sent';
