#include "mock/hostaway/hostaway_json.h"

#include <string.h>

static const char thread_shape[] =
    "{'id':$id,'accountId':$account,'listingMapId':$listing,"
    "'reservationId':$reservation,"
    "'type':%o{'host-guest-email'|'host-guest-email'|'host-guest-email'|"
    "'host-guest-native'},"
    "'recipientEmail':%n{41}$email,'recipientName':$name,"
    "'recipientPicture':%n{35}$picture,'hostEmail':$hostEmail,"
    "'guestEmail':$guestEmail,'hasUnreadMessages':1,'messageSentOn':$sent,"
    "'messageReceivedOn':$received,'conversationMessages':[$latest],"
    "'Reservation':$booking}";

static const char note_shape[] =
    "{'id':$id,'accountId':$account,'userId':null,'listingMapId':$listing,"
    "'reservationId':$reservation,'conversationId':$conversation,"
    "'communicationId':$automation,'airbnbThreadMessageId':null,"
    "'channelId':$channel,'channelThreadMessageId':%n{13}%d{11},"
    "'body':$body,'imagesUrls':null,'bookingcomSubthreadId':null,"
    "'inReplyTo':null,'bookingcomReplyOptions':null,"
    "'bookingcomSelectedOptions':null,'isIncoming':$incoming,"
    "'isSeen':$seen,'sentUsingHostaway':$byUs,'hash':$hash,"
    "'listingTimeZoneName':'America/New_York','communicationEvent':$event,"
    "'communicationTimeDelta':null,"
    "'communicationTimeDeltaSeconds':$delta,"
    "'communicationApplyListingTimeZone':$flag,"
    "'communicationAlwaysTrigger':$flag,'date':$date,'status':$status,"
    "'sentChannelDate':$handed,'listingName':null,"
    "'attachments':$attachments,'insertedOn':$inserted,"
    "'updatedOn':$updated,'communicationType':$type}";

static const char entity_shape[] =
    "{'id':$id,'accountId':$account,'userId':null,'listingMapId':$listing,"
    "'reservationId':$reservation,'channelId':$channel,"
    "'conversationId':$conversation,'communicationId':$automation,"
    "'whatsappTemplateId':null,'whatsappBusinessTemplateId':null,"
    "'airbnbThreadMessageId':null,"
    "'channelThreadMessageId':%n{13}%d{11},'ccEmail1':null,"
    "'ccEmail2':null,'subject':$subject,'body':$body,'imagesUrls':null,"
    "'bookingcomSubthreadId':null,'isIncoming':$incoming,'isSeen':$seen,"
    "'isSeenBy':null,'originatedBy':$originated,'isSeenAt':null,"
    "'sentUsingHostaway':$byUs,'hash':$hash,'objectKey':null,"
    "'listingTimeZoneName':'America/New_York','communicationEvent':$event,"
    "'communicationTimeDelta':null,"
    "'communicationTimeDeltaSeconds':$delta,"
    "'communicationApplyListingTimeZone':$flag,"
    "'communicationAlwaysTrigger':$flag,'status':$status,'date':$date,"
    "'sentToChannelDate':$handed,'sentToChannelAttemptDate':$handed,"
    "'messageSource':$source,'communicationType':$type,"
    "'reasonFailed':null,'readableReasonFailed':null,'isUnique':null,"
    "'isUniquePerCommunication':1,'retryCount':$tries,"
    "'insertedOn':$inserted,'updatedOn':$updated,"
    "'notUpdateOnReservationChange':null,'Reservation':null,"
    "'ListingMap':null,'Conversation':null,"
    "'AirbnbOfficialMessageMetadata':$metadata,'communicationName':null,"
    "'attachments':null,'twilioMessageIdConversationMessageId':null,"
    "'whatsAppMessageIdConversationMessageId':null,'attachment':null,"
    "'conversationMessageNote':[],'conversationSnooze':[],"
    "'conversationArchive':[]}";

static const char metadata_shape[] =
    "{'id':$metadataId,'conversationMessageId':$id,"
    "'airbnbUserId':%i{100000000,199999999},'userName':$user,"
    "'insertedOn':$inserted,'updatedOn':$inserted,"
    "'AirbnbOfficialAccount':null,'role':null}";

static const char attachment_shape[] =
    "[{'id':$attachmentId,'accountId':$account,'listingMapId':null,"
    "'reservationId':$reservation,'taskId':null,"
    "'conversationMessageId':$id,'communicationId':null,"
    "'name':'photo.jpeg','url':$url,'extension':'jpeg',"
    "'mimeType':'image/jpeg','isImage':1,'isPublic':0}]";

struct note_facts {
	const struct estate *e;
	const struct note *m;
	uint64_t reads;
};

static bool
is(const char *name, size_t len, const char *what)
{
	return strlen(what) == len && memcmp(name, what, len) == 0;
}

static void
put_id(struct buf *to, int64_t id)
{
	buf_fmt(to, "%lld", (long long)id);
}

static bool note_fact(void *, const char *, size_t, struct buf *);

/* The signature of a private file's URL is made anew for each reader. */
static void
put_url(const struct note_facts *f, struct buf *to)
{
	struct rng r = rng_of(f->e->size.seed, "signature", f->reads);

	buf_fmt(to, "\"https://files.example.com/message/%lld.jpeg?signature=",
	    (long long)f->m->id);
	gen_hex(to, &r, 16);
	buf_chr(to, '"');
}

static bool
fact_whose(struct note_facts *f, const char *name, size_t len, struct buf *to)
{
	const struct note *m = f->m;
	const struct booking *b = m->thread->booking;

	if (is(name, len, "id"))
		put_id(to, m->id);
	else if (is(name, len, "account"))
		put_id(to, f->e->size.account);
	else if (is(name, len, "listing"))
		put_id(to, m->listing);
	else if (is(name, len, "reservation") && !m->orphan)
		put_id(to, b->id);
	else if (is(name, len, "conversation"))
		put_id(to, m->thread->id);
	else if (is(name, len, "channel"))
		put_id(to, shape_channel(b->channel));
	else if (is(name, len, "attachmentId"))
		put_id(to, m->id / 7);
	else if (is(name, len, "metadataId"))
		put_id(to, m->id / 3);
	else if (is(name, len, "url"))
		put_url(f, to);
	else
		return false;
	return true;
}

static bool
fact_when(const struct note *m, const char *name, size_t len, struct buf *to)
{
	if (is(name, len, "date"))
		gen_time(to, m->date);
	else if (is(name, len, "inserted"))
		gen_time(to, m->inserted);
	else if (is(name, len, "updated"))
		gen_time(to, m->updated);
	else if (is(name, len, "handed"))
		gen_time(to, m->sent);
	else
		return false;
	return true;
}

/* What an automation sends has a number, an event, a delay. */
static bool
fact_automation(
    const struct note *m, const char *name, size_t len, struct buf *to)
{
	bool automatic = m->origin == FROM_AUTOMATION;

	if (is(name, len, "automation") && automatic)
		put_id(to, 292144 + m->thread->id % 9);
	else if (is(name, len, "event") && automatic)
		buf_str(to, "\"arrival\"");
	else if (is(name, len, "delta"))
		buf_str(to, automatic ? "-345600" : "0");
	else if (is(name, len, "flag") && automatic)
		buf_chr(to, '1');
	else if (is(name, len, "subject") && automatic)
		buf_str(to, "\"Your stay\"");
	else if (is(name, len, "originated"))
		buf_fmt(to, automatic ? "\"Automation #%lld\"" : "\"system\"",
		    (long long)(292144 + m->thread->id % 9));
	else if (is(name, len, "source"))
		buf_str(to, automatic			  ? "\"pre-generated\""
			    : m->origin == FROM_DASHBOARD ? "\"Dashboard\""
			    : m->thread->booking->channel == AIRBNB
				? "\"airbnbOfficial\""
				: "\"homeaway\"");
	else
		return false;
	return true;
}

static void
put_body(const struct note_facts *f, struct buf *to)
{
	struct rng r = rng_of(f->e->size.seed, "body", (uint64_t)f->m->id);

	if (f->m->origin == FROM_AUTOMATION && f->m->sent == 0)
		shape_fill(to,
		    "'Hello {{guest_name}},\\n\\n%o{the door code|"
		    "your stay} follows.\\n{{checkin_link}}'",
		    &r, NULL, NULL);
	else
		gen_text(to, &r, (int)rng_between(&r, 3, 90));
}

static bool
note_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	struct note_facts *f = ctx;
	const struct note *m = f->m;
	struct rng r = rng_of(f->e->size.seed, "note-looks", (uint64_t)m->id);

	if (fact_whose(f, name, len, to) || fact_when(m, name, len, to) ||
	    fact_automation(m, name, len, to))
		return true;
	if (is(name, len, "body"))
		put_body(f, to);
	else if (is(name, len, "status"))
		gen_quoted(to, m->status);
	else if (is(name, len, "incoming"))
		buf_chr(to, m->incoming ? '1' : '0');
	else if (is(name, len, "seen"))
		buf_chr(to, m->id % 3 == 0 ? '1' : '0');
	else if (is(name, len, "byUs"))
		buf_chr(
		    to, m->incoming || m->origin == FROM_CHANNEL ? '0' : '1');
	else if (is(name, len, "tries"))
		buf_chr(to, m->sent > 0 ? '1' : '0');
	else if (is(name, len, "hash"))
		shape_fill(to, "%h{32}", &r, NULL, NULL);
	else if (is(name, len, "user"))
		shape_fill(to, "'User %i{1000,9999}'", &r, NULL, NULL);
	else if (is(name, len, "type"))
		buf_str(to, m->thread->booking->channel == DIRECT
				? "\"email\""
				: "\"channel\"");
	else if (is(name, len, "attachments") && !m->attachment)
		buf_str(to, "[]");
	else if (is(name, len, "attachments"))
		shape_fill(to, attachment_shape, &r, note_fact, f);
	else if (is(name, len, "metadata") && m->status[0] == 's' &&
		 m->thread->booking->channel == AIRBNB)
		shape_fill(to, metadata_shape, &r, note_fact, f);
	else
		return false;
	return true;
}

void
shape_note(const struct estate *e, const struct note *m, uint64_t reads,
    struct buf *to)
{
	struct note_facts f = {e, m, reads};
	struct rng r = rng_of(e->size.seed, "message", (uint64_t)m->id);

	shape_fill(to, note_shape, &r, note_fact, &f);
}

/* As it is embedded in a conversation: other keys, other names. */
static void
put_entity(const struct estate *e, const struct note *m, struct buf *to)
{
	struct note_facts f = {e, m, 0};
	struct rng r = rng_of(e->size.seed, "message", (uint64_t)m->id);

	shape_fill(to, entity_shape, &r, note_fact, &f);
}

struct thread_facts {
	const struct estate *e;
	const struct thread *t;
};

static const struct note *
newest(const struct thread *t)
{
	const struct note *m = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (m == NULL || t->notes[i]->id > m->id)
			m = t->notes[i];
	return m;
}

static bool
thread_fact(void *ctx, const char *name, size_t len, struct buf *to)
{
	const struct thread_facts *f = ctx;
	const struct booking *b = f->t->booking;
	const struct note *m = newest(f->t);
	struct rng r = rng_of(f->e->size.seed, "relay", (uint64_t)f->t->id);
	const char *first, *last;

	shape_guest(f->e, b, &first, &last);
	if (is(name, len, "id"))
		put_id(to, f->t->id);
	else if (is(name, len, "account"))
		put_id(to, f->e->size.account);
	else if (is(name, len, "listing"))
		put_id(to, b->listing);
	else if (is(name, len, "reservation"))
		put_id(to, b->id);
	else if (is(name, len, "email"))
		buf_fmt(
		    to, "\"relay-%lld@guest.example.com\"", (long long)b->id);
	else if (is(name, len, "name"))
		buf_fmt(to, "\"%s %s\"", first, last);
	else if (is(name, len, "picture"))
		buf_fmt(to, "\"https://img.example.com/g/%lld.jpg\"",
		    (long long)b->guest);
	else if (is(name, len, "hostEmail") || is(name, len, "guestEmail")) {
		buf_str(to, "\"c-");
		gen_hex(to, &r, 32);
		buf_fmt(to, "@%.*s.example.com\"", (int)len - 5, name);
	} else if (is(name, len, "sent"))
		gen_time(to, f->t->sent);
	else if (is(name, len, "received"))
		gen_time(to, f->t->received);
	else if (is(name, len, "latest") && m != NULL)
		put_entity(f->e, m, to);
	else if (is(name, len, "booking"))
		shape_booking(f->e, b, BOOKING_EMBEDDED, to);
	return true;
}

void
shape_thread(const struct estate *e, const struct thread *t, struct buf *to)
{
	struct thread_facts f = {e, t};
	struct rng r = rng_of(e->size.seed, "thread", (uint64_t)t->id);

	shape_fill(to, thread_shape, &r, thread_fact, &f);
}
