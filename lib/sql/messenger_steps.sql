-- step 1: the index of events without a message lacked the message that they
-- are about: of two deletions at one instant only one was stored.
DO $step$
BEGIN
	IF to_regclass('messenger.contact_interaction_events_once') IS NULL THEN
		RETURN;
	END IF;
	DROP INDEX messenger.contact_interaction_events_once;
	CREATE UNIQUE INDEX contact_interaction_events_once
		ON messenger.contact_interaction_events (account_id,
		event_type, event_time, sender_id,
		coalesce(about_message_id, ''))
		WHERE message_id IS NULL;
END $step$;
-- step 2: threads from before there was Instagram did not say that they are
-- Messenger's, and no look at these found them.
DO $step$
BEGIN
	PERFORM set_config('ha.derived', 'on', true);
	UPDATE messenger.conversation_rows SET platform = 'messenger'
	WHERE platform IS NULL;
	PERFORM set_config('ha.derived', '', true);
END $step$;
