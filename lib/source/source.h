/*
 * source -- a description of an API, ha-source(5), loaded and checked.
 *
 * source_load reads NAME.json from $HA_SOURCES (a directory), else from
 * ../lib/sources beside the program (a checkout), else from
 * PREFIX/share/ha-tools/sources. A mistake is EX_CONFIG and names the file,
 * the path inside it (".resources[3].columns[1].type") and what is wrong.
 * Everything is owned by struct source and lives until source_free. Lists
 * are arrays with a count; a text that is absent is NULL; times are in
 * milliseconds.
 */
#ifndef HA_SOURCE_H
#define HA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"
#include "json/expr.h"
#include "source/template.h"

enum column_type { /* of PostgreSQL; "" and null are NULL but for text */
	COL_TEXT,
	COL_BIGINT,
	COL_INTEGER,
	COL_NUMERIC,
	COL_DOUBLE,
	COL_BOOLEAN,	 /* true false 1 0, also as strings */
	COL_DATE,	 /* YYYY-MM-DD, a time behind it is cut off */
	COL_TIMESTAMPTZ, /* RFC 3339 or SQL form; without a zone: UTC */
	COL_UUID,
	COL_JSONB
};

struct column {
	char *name; /* SQL name */
	enum column_type type;
	struct expr *from; /* what of the record, or of the parent */
	bool of_parent;	   /* "$parent.id": from the open mark's parent */
	bool or_null;	   /* "numeric?": what is none is NULL, not refused */
};

struct identity_part {
	struct expr *from;
	bool of_parent;
};

/* An alternative of an identity: counts if all its members are present. */
struct identity {
	char *name; /* stands in front of the key: "id:296818866" */
	struct identity_part *part;
	size_t n;
};

struct parent {		   /* rows of which this resource's rows are children */
	char *resource;	   /* in the same source */
	char *column;	   /* ours, holds the parent's key */
	char *key;	   /* the parent's column, a key of its own */
	struct expr *when; /* NULL: always; else only where it is true */
	bool foreign_key;  /* declare it in the table */
	bool follow;	   /* deleted with it, and there again with it */
};

/* One line for each: the style, and its name in a description. */
#define PAGE_STYLES(STYLE)                                                     \
	STYLE(PAGE_NONE, none)	   /* one answer holds everything */           \
	STYLE(PAGE_OFFSET, offset) /* limit, offset, count */                  \
	STYLE(PAGE_AFTER, after)   /* key of the last row */                   \
	STYLE(PAGE_KEYSET, keyset) /* timestamp and key, OData */              \
	STYLE(PAGE_LINK, link)	   /* the server's next link or cursor */

#define PAGE_STYLE(style, name) style,
enum page_style { PAGE_STYLES(PAGE_STYLE) PAGE_WALK }; /* newest first */
#undef PAGE_STYLE

struct paging {
	enum page_style style;
	enum page_style by; /* of a walk: after, offset or link */
	int size;	    /* rows asked for */
	char *limit_param, *offset_param, *after_param;
	int64_t overlap_ms; /* how far behind the position a run starts */
	/* of keyset: fields of the API, and what is asked beside them */
	char *time, *key;
	char *filter;	   /* a condition more, or NULL */
	char *select;	   /* fields, "A,B"; NULL: all */
	bool short_is_end; /* a page with fewer rows than asked for is the last
			    */
	bool no_nulls;	   /* there are no rows without a time */
	bool ask_count;	   /* how many there are, with the first page */
	/* of link: the parameter that carries a cursor, and where that is */
	char *cursor_param;
	struct expr *cursor;   /* NULL: the link itself is asked for */
	bool resume;	       /* links live: a run may go on from one */
	struct page_keys {     /* rows by their keys alone */
		int size;      /* keys a page; 0: as many as rows */
		int group;     /* rows asked for by key at once */
		bool by_or;    /* "K eq 1 or K eq 2", not "K in (1,2)" */
		bool no_count; /* the list of keys states no count */
	} keys;
};

struct each {	      /* how children of one parent are fetched */
	char *parent; /* resource */
	char *path;   /* template, {parent.id} */
	struct pairs query;
	struct paging paging;
	char *change;	    /* SQL over the parent's row p; NULL: none */
	int64_t refresh_ms; /* due again after; 0: only on change */
	char *since;  /* SQL over ha.children's row c: how far to walk back */
	char *first;  /* path in the parent's payload to its first page */
	bool replace; /* a closed group replaces the parent's set */
	char *stored; /* SQL function told of closed groups, or NULL */
};

struct one {	    /* how one row is fetched by its key */
	char *path; /* template, {key} */
	struct pairs query;
	struct expr *row; /* path of it in the answer; NULL: as lists' rows */
};

struct embedded {	   /* children inside the parent's record */
	char *in;	   /* resource */
	struct expr *rows; /* path to an array, or jq that yields objects */
	bool replace;
};

struct field {	      /* of the parent, handed on in open marks */
	char *name;   /* member of the parent object */
	char *column; /* of the parent's table */
};

struct required {
	char *path;
	struct json_paths *compiled;
	unsigned types;	  /* bits 1 << enum json_type */
	char *types_text; /* "number or string", for messages */
};

struct resource {
	char *name, *title;
	char *path; /* template; NULL if only each or embedded */
	struct pairs query;
	struct paging paging;
	struct pairs *since; /* query variants of a run since a position */
	size_t n_since;
	struct expr *position; /* value whose largest is the position */
	char *table;	       /* SQL name without schema, default: name */
	char **key;	       /* column names; NULL if identity is used */
	size_t n_key;
	struct identity *identity; /* key column is then "ident" text */
	size_t n_identity;
	struct column *columns;
	size_t n_columns;
	char **version; /* columns; an older row never wins */
	size_t n_version;
	struct parent *parents;
	size_t n_parents;
	struct each *each;	   /* NULL: none */
	struct embedded *embedded; /* NULL: none */
	struct one *one;	   /* NULL: none */
	struct field *fields;	   /* for our children's open marks */
	size_t n_fields;
	char **ignore; /* paths, [] for every element: no change */
	size_t n_ignore;
	char **thin; /* members that a thinner fetch leaves empty */
	size_t n_thin;
	char **whole; /* members without which a record is only a part */
	size_t n_whole;
	char **blank; /* paths whose values are never handed on */
	size_t n_blank;
	char **fragile; /* the same, if PostgreSQL would refuse them */
	size_t n_fragile;
	char *part; /* column: rows with our value of it are ours */
	struct required *required;
	size_t n_required;
	struct expr *deleted; /* true: the record says it is deleted */
	char **index;	      /* column lists, "listing_id, arrival_date" */
	size_t n_index;
	bool by_default;    /* part of ha-sync without operands */
	int64_t refresh_ms; /* a list read again only after; 0: each run */
};

struct limit {
	char *name;
	bool per_address; /* shared by all accounts of the machine */
	int requests;
	int64_t window_ms;
};

enum wait_form {
	WAIT_SECONDS,
	WAIT_EPOCH,
	WAIT_DATE,
	WAIT_MINUTES,
	WAIT_EPOCH_MS /* milliseconds since 1970 */
};

struct wait_header {
	char *name;
	/* numbers over 1e9 count as epoch, over 1e12 in ms; dates too */
	enum wait_form form;
	char *member; /* the value is JSON: its largest of that name; or NULL */
};

struct usage_header { /* its value is JSON with per cents */
	char *name;   /* in lower case */
	char **members;
	size_t n_members;
};

struct usage { /* how much of its limits the far side has counted */
	struct usage_header *headers;
	size_t n;
	int slow;	  /* per cent from which on calls are held back */
	int64_t pause_ms; /* before a call at 100 per cent */
};

enum refusal {
	REFUSAL_RETRY,	/* a few times */
	REFUSAL_WAIT,	/* over a limit: everybody waits as the answer says */
	REFUSAL_AUTH,	/* the token */
	REFUSAL_DENIED, /* a right is missing */
	REFUSAL_GONE,	/* this one does not exist, others may */
	REFUSAL_FAIL
};

struct code_range {
	int64_t from, to; /* inclusive */
};

struct refusal_rule {
	struct code_range *codes, *subcodes; /* no subcodes: any */
	size_t n_codes, n_subcodes;
	enum refusal then;
	bool smaller;	 /* then ask for fewer rows a page */
	int64_t wait_ms; /* where the answer names no time; -1: the usual */
};

struct refusals { /* the table of error codes; code NULL: there is none */
	struct expr *code, *subcode, *transient; /* plain paths */
	struct refusal_rule *rules;
	size_t n_rules;
};

enum auth_style { AUTH_NONE, AUTH_BEARER, AUTH_CLIENT };

struct auth {
	enum auth_style style;
	char *path; /* of the token endpoint; AUTH_CLIENT */
	struct pairs form;
	struct expr *token, *expires; /* expires: seconds */
	int64_t settle_ms;	      /* a token is not valid before */
	char *header;		      /* "Authorization: Bearer {token}" */
};

struct sync_phase {		   /* what ha-sync does for a flag */
	char *flag, *title, *sign; /* sign NULL: none */
	char **accounts; /* kinds of them, the best first; none: any */
	size_t n_accounts;
	char **resources;
	size_t n_resources;
};

struct sync {
	int batch; /* records that are committed together */
	struct sync_phase *phases;
	size_t n_phases;
};

struct source {
	int v; /* of the format: 1 */
	char *name, *title, *file;
	char *base;
	char **hosts; /* where links may lead, beside base's host */
	size_t n_hosts;
	char *account_pattern; /* POSIX extended; NULL: anything */
	struct auth auth;
	struct limit *limits;
	size_t n_limits;
	struct wait_header *waits;
	size_t n_waits;
	int64_t wait_ms; /* after a 429 that names no time */
	struct usage usage;
	struct refusals refusals;
	/* Of an answer. All but message are plain paths: bodies are large. */
	struct expr *rows;	 /* the array in a page */
	struct expr *count;	 /* rows that match, NULL: never stated */
	struct expr *limit_echo; /* the page size the server used, or NULL */
	struct expr *next;	 /* link to the next page, or NULL */
	struct expr *status;	 /* tells an error inside a 200, or NULL */
	char *status_ok;	 /* its good text; NULL: good when absent */
	struct expr *message;	 /* text of an error body, or NULL */
	char **sql; /* files beside the DDL with views and functions */
	size_t n_sql;
	struct resource *resources; /* parents before children */
	size_t n_resources;
	struct sync sync;
};

struct source *source_load(const char *name, struct why *why);
/*
 * As source_load, and compiles every jq program, which source_load leaves
 * to their first use: what ha-schema does, the first tool to meet a source.
 */
int source_verify(const char *name, struct why *why);
/* A file that may lie anywhere, such as one that is being written. */
int source_verify_file(const char *file, struct why *why);
void source_free(struct source *s);
/* NULL where there is none of that name. */
const struct resource *source_find(const struct source *s, const char *name);
/* Whose records r's come in groups of; NULL: nobody's. */
const struct resource *source_groups_by(
    const struct source *s, const struct resource *r);
/* As source_find, but NULL is EX_USAGE, with the names that exist. */
const struct resource *source_resource(
    const struct source *s, const char *name, struct why *why);
/*
 * "hostaway/reservations" loads the source and finds the resource; the name
 * alone ("hostaway") gives *r NULL where that is allowed (r_optional).
 */
struct source *source_of(const char *operand, bool r_optional,
    const struct resource **r, struct why *why);
/*
 * The directory that source_load uses for `name`, with its .json file. No name
 * is EX_USAGE, that of no source EX_CONFIG: both say which there are.
 */
int source_path(
    const char *name, const char *suffix, struct buf *path, struct why *why);
const char *column_type_sql(enum column_type t);
/*
 * The member of a row by which it is asked for alone, "id": by `one`, or among
 * others by keyset. NULL: its rows cannot be asked for by key.
 */
const char *resource_by_key(const struct resource *r);
const struct column *resource_column(
    const struct resource *r, const char *name);

#endif
