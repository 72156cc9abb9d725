/*
 * mock_backend -- a fake API as the mock sees it: how it lets in, what it
 * answers, and the options that all of them are made by.
 *
 * Texts in the options are borrowed and must outlive the mock.
 */
#ifndef HA_MOCK_BACKEND_H
#define HA_MOCK_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/tool_option.h"
#include "base/why.h"
#include "mock/server/mock_auth.h"
#include "mock/server/mock_fault.h"
#include "mock/server/mock_http.h"
#include "mock/server/mock_limit.h"
#include "mock/server/mock_stats.h"
#include "source/source.h"

struct mock_size { /* what there is; but for seed and now of Hostaway's */
	uint64_t seed;
	int64_t now;
	int64_t account;
	int64_t listings, reservations, conversations;
	int64_t messages; /* a conversation, on average */
	int64_t photos;	  /* a listing, on average */
	int64_t orphans;  /* reservations of an unknown listing, and as many
			     messages without a reservation */
};

struct mock_options {
	struct mock_size size;
	int port;		 /* 0: a free one */
	const char *secret_file; /* NULL: MOCK_SECRET */
	const char *account;	 /* the only one let in; NULL: any */
	struct limit_rule limits[LIMIT_SCOPES];
	bool has_limits;    /* they were given */
	bool bare_429;	    /* without headers */
	bool wrapped_token; /* inside an envelope */
	bool odd_token;	    /* with bytes that must be escaped */
	int64_t settle_ms, expires_s;
	bool honour_page;	     /* `page`, 0-based, as an offset */
	bool filled;		     /* includeResources makes no difference */
	bool gzip;		     /* for whoever accepts it */
	bool verbose;		     /* a line for each request on stderr */
	int64_t max_page;	     /* rows of a page at most; 0: Hostaway's
					500, else any */
	double move, vanish, relist; /* chances between two pages */
	bool gone_is_end;	     /* nothing is behind a deleted row */
	int64_t rows;		     /* of each resource of a description */
	int64_t row_bytes;	     /* 0: as they come */
	const char *data;	     /* directory of RESOURCE.ndjson, or NULL */
	struct tool_list faults, switches;
};

struct fixed_token { /* let in from the start */
	const char *token, *account;
};

/* What a backend is lent that lets in and refuses by rules of its own. */
struct manners {
	struct mock_limit *limit;
	struct mock_auth *auth;
	struct mock_faults *faults;
	struct mock_stats *stats;
};

struct backend {
	void *ctx;
	/* path: behind the base, "/listings/40161". The status is 200. */
	void (*serve)(void *ctx, struct request *r, const char *path,
	    struct mock_answer *a);
	/* All of a request but controls, whatever its path; NULL: serve is for
	   those below /v1 that were let in */
	void (*all)(void *ctx, const struct manners *with, struct request *r,
	    struct mock_answer *a);
	const char *base; /* of URLs, for `all`; NULL: "/v1" */
	/* "/dump/reservations", "/message": of the truth and its changes.
	   false: no such thing */
	bool (*control)(void *ctx, struct request *r, const char *path,
	    struct mock_answer *a);
	void (*close)(void *ctx);
	/* the token endpoint, or NULL, and the members of its form */
	const char *token_path, *account_field, *secret_field;
	/* its answer's JSON; NULL: Hostaway's */
	void (*token)(
	    void *ctx, const char *token, int64_t expires_s, struct buf *to);
	bool open;		 /* no token wanted */
	bool secret_is_token;	 /* no token is minted */
	bool mint_html;		 /* wrong credentials: 400, and HTML */
	const char *auth_header; /* "Authorization" */
	const char *auth_prefix; /* "Bearer ", in any case */
	/* "X-RateLimit-Retry-After" beside three more, or the API's own */
	const char *wait_header;
	enum wait_form wait_form;
	/* says in each answer how many calls are left, and a 429 has this and
	   wait_header only; NULL: Hostaway's */
	const char *left_header;
	/* an error of this API; NULL: mock_fail */
	void (*fail)(struct mock_answer *a, int status, const char *message);
	int denied; /* status without a good token; 0: 403 */
	const struct fixed_token *tokens;
	size_t n_tokens;
	/* the API's limits, if --limits does not say others */
	bool has_limits;
	struct limit_rule limits[LIMIT_SCOPES];
};

#endif
