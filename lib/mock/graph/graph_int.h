/*
 * graph_int -- the inside of the fake Graph API, shared by its files and by
 * nobody else.
 *
 * graph_store.c has the threads, some 100 bytes each, and each Page's order
 * of them; a message is a thread's number and its own, which grow with time,
 * and all that it says follows from the seed: graph_message.c. graph_id.c
 * turns numbers into ids and back, graph_thread.c writes a thread,
 * graph_list.c a page of a list, graph_answer.c an error. graph_call.c serves
 * a call by graph_serve.c, once graph_limit.c lets it pass; graph_batch.c
 * makes several of one, and graph.c the first of a request. graph_change.c and
 * graph_dump.c are the controls. Times are seconds since 1970.
 *
 * Inside of lib/mock/graph.
 */
#ifndef HA_GRAPH_INT_H
#define HA_GRAPH_INT_H

#include "mock/server/mock_backend.h"
#include "mock/server/mock_gen.h"
#include "mock/server/mock_graph_error.h"
#include "mock/graph/graph_fields.h"

#define NO_THREAD UINT32_MAX
#define GRAPH_MAX_PAGES 32
#define GRAPH_SLOTS 60

struct graph_mark { /* a message that is not as it was made */
	uint32_t no, edits;
	bool gone, reacted;
};

struct graph_thread {
	int64_t first_updated; /* time of the newest of its first messages */
	int64_t updated;
	uint32_t page, first_n;
	int64_t *late; /* times of those that came later */
	uint32_t n_late;
	struct graph_mark *marks;
	uint32_t n_marks;
	uint32_t unread, renamed;
	/* how often it was listed, its messages asked for (and from their
	   newest on), itself asked for */
	uint32_t listed, walks, starts, nodes;
	bool gone;
};

struct graph_use { /* calls in a window, in slots of it */
	uint64_t slots[GRAPH_SLOTS];
	int64_t slot; /* number of the newest */
};

struct graph_page {
	char id[24], token[24];
	uint32_t *order, n_order, room; /* newest first */
	struct graph_use use;
	int64_t blocked_us; /* until then */
	uint64_t calls;	    /* with its token, since the last renewal */
	char subscribed[256];
};

struct graph_switches { /* graph_option.c */
	int64_t conversations, pages, instagram, lengthy, ties, odd;
	int64_t code, subcode, status, denied;
	int64_t block, minute_ms, lengthen;
	int64_t budget, window_s, cpu, app_budget;
	int64_t heavy, detail, max_depth, expire_after, oldest;
	bool doubled, tail, apart;
	double empty, shorter, dead_cursor, move, vanish;
};

struct graph {
	const struct mock_options *o;
	const struct manners *with;
	struct graph_switches s;
	struct graph_thread *threads;
	uint32_t n, room;
	struct graph_page pages[GRAPH_MAX_PAGES];
	struct fixed_token tokens[GRAPH_MAX_PAGES + 1];
	struct graph_use app;
	int64_t clock;	/* of changes */
	uint64_t drawn; /* chances, so far */
	uint64_t moved;
	uint64_t served; /* answers: what changes on each read */
	uint64_t lists, messages, nodes, refused;
};

struct graph_call { /* one of a request's calls */
	struct graph *m;
	const struct request *r;   /* all of it */
	const char *method, *path; /* behind the version */
	const char *version;	   /* "v25.0", that which answers */
	const char *host, *token;
	const struct arg *args;
	size_t n_args;
	uint32_t page; /* whose token it is */
	bool user;     /* a user's */
	struct mock_answer *a;
};

/* graph_answer.c: the last argument of that name, or NULL. */
const char *graph_arg(const struct graph_call *c, const char *name);
size_t graph_count_ids(const char *ids); /* "a,b": 2 */
/* c->a becomes an error (message NULL: the code's own), which is counted;
   false. */
bool graph_fail(
    struct graph_call *c, int code, int subcode, const char *message);
bool graph_no_field(struct graph_call *c, const char *name, const char *node);

/* graph_option.c */
int graph_switch(struct graph_switches *s, const char *text, struct why *why);
void graph_switches_init(struct graph_switches *s);

/* graph_store.c */
void graph_store_open(struct graph *m);
void graph_store_close(struct graph *m);
uint64_t graph_hash(
    const struct graph *m, uint32_t thread, uint32_t no, uint64_t salt);
bool graph_draw(struct graph *m, double chance);
bool graph_instagram(const struct graph *m, uint32_t thread);
uint32_t graph_messages(const struct graph *m, uint32_t thread);
int64_t graph_message_time(const struct graph *m, uint32_t thread, uint32_t no);
/* What became of it, or NULL: it is as it was. */
const struct graph_mark *graph_mark(
    const struct graph *m, uint32_t thread, uint32_t no);
struct graph_mark *graph_mark_make(
    struct graph *m, uint32_t thread, uint32_t no);
bool graph_message_gone(const struct graph *m, uint32_t thread, uint32_t no);
/* Its messages but those that are gone. */
uint32_t graph_messages_there(const struct graph *m, uint32_t thread);
/* The first place in the Page's order that is behind (at, thread). */
uint32_t graph_behind(
    const struct graph *m, uint32_t page, int64_t at, uint32_t thread);
/* A message comes in at the clock's time; the thread moves to the top. */
void graph_message_add(struct graph *m, uint32_t thread);
uint32_t graph_thread_add(struct graph *m, uint32_t page);
void graph_thread_delete(struct graph *m, uint32_t thread);

/* graph_id.c: adds the id's text, without quotes; back from a text:
   false if nothing ever had that id. */
void graph_put_thread_id(
    const struct graph *m, uint32_t thread, struct buf *to);
bool graph_thread_of(const struct graph *m, const char *id, uint32_t *thread);
void graph_put_message_id(
    const struct graph *m, uint32_t thread, uint32_t no, struct buf *to);
bool graph_message_of(
    const struct graph *m, const char *id, uint32_t *thread, uint32_t *no);
/* The person of a thread; a third one has the number of another thread. */
void graph_put_person_id(
    const struct graph *m, uint32_t thread, struct buf *to);
bool graph_person_of(const struct graph *m, const char *id, uint32_t *thread);
/* -1: not a Page's */
int graph_page_of(const struct graph *m, const char *id);
/* The person beside the usual two: a thread's number, or NO_THREAD. */
uint32_t graph_third(const struct graph *m, uint32_t thread);

/* graph_text.c */
/* Adds ,"name": or, first in an object, "name": */
void graph_key(struct buf *to, const char *name);
/* Adds text without quotes as Graph escapes it: \u00e4 and \/. */
void graph_escape(struct buf *to, const char *text, size_t len);
void graph_string(struct buf *to, const char *text); /* with quotes */
void graph_time(struct buf *to, int64_t at);	     /* with quotes */
/* The message's text, quotes included. */
void graph_put_text(
    const struct graph *m, uint32_t thread, uint32_t no, struct buf *to);
/* "nul" or "surrogate" for a text that PostgreSQL cannot hold, or NULL. */
const char *graph_odd(const struct graph *m, uint32_t thread, uint32_t no);
/* The person's name, "" if it has none. */
void graph_put_name(const struct graph *m, uint32_t thread, struct buf *to);
/* {"id":...,"name":...}: sub chooses members; who: a thread's person, or
   NO_THREAD: its Page. */
void graph_put_party(const struct graph *m, uint32_t thread, uint32_t who,
    const struct graph_field *sub, struct buf *to);

/* graph_message.c, graph_thread.c: the object with these fields
   (NULL: the usual ones); false and an error in c->a: a field there is not. */
bool graph_put_message(struct graph_call *c, uint32_t thread, uint32_t no,
    const struct graph_field *fields, struct buf *to);
void graph_put_attachments(const struct graph *m, uint32_t thread, uint32_t no,
    const struct graph_field *sub, struct buf *to);
bool graph_put_thread(struct graph_call *c, uint32_t thread,
    const struct graph_field *fields, struct buf *to);
bool graph_has_text(const struct graph *m, uint32_t thread, uint32_t no);

/* graph_list.c: adds {"data":[...],"paging":{...}} */
#define GRAPH_LIMIT 25

enum graph_kind { LIST_ACCOUNTS, LIST_THREADS, LIST_MESSAGES };

struct graph_list;

/* Adds an item: a Page's number, a thread's, or that of a message. */
typedef bool graph_item_fn(struct graph_call *c, const struct graph_list *l,
    uint32_t item, struct buf *to);

struct graph_list {
	enum graph_kind kind;
	graph_item_fn *put;
	uint32_t page, thread; /* whose list it is */
	struct graph_field edge;
	const char *path; /* for the links; NULL: the call's */
	bool embedded;	  /* its parameters are not those of the call */
	const char *platform, *user; /* NULL: any */
	bool none;		     /* there is nothing */
};

bool graph_put_list(
    struct graph_call *c, const struct graph_list *l, struct buf *to);
graph_item_fn graph_put_listed_message; /* graph_message.c */

/* graph_serve.c: what a call asks for, once it is let in. */
void graph_serve(struct graph_call *c);
/* "/{conversation}/messages", to count by. */
void graph_family(const struct graph_call *c, char *to, size_t size);

/* graph_call.c: lets in, serves, says how much was used. */
void graph_one(struct graph_call *c);
/* graph_batch.c */
void graph_batch(struct graph_call *c, const char *parts);

/* graph_limit.c: false: throttled, and c->a says so. */
bool graph_within_limits(struct graph_call *c, size_t calls);
/* minutes: of a fault, 0 else */
void graph_say_usage(struct graph_call *c, double minutes);

/* graph_change.c, graph_dump.c */
void graph_between_pages(struct graph *m, uint32_t page);
bool graph_control(
    void *ctx, struct request *r, const char *path, struct mock_answer *a);
bool graph_dump(struct graph *m, const struct request *r, const char *path,
    struct mock_answer *a);

#endif
