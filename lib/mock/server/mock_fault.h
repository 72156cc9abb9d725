/*
 * mock_fault -- what goes wrong on purpose, drawn from a seed.
 *
 * A fault is written KIND[=P][,path=PREFIX][,ms=N], where KIND may be
 * error:CODE[:SUBCODE][@STATUS], with [,transient=0|1][,minutes=N],
 * echo[,status=N], or a lie with [,rows=N]. P is a probability ("0.1"), "#3"
 * for the third request that the path meets, or is left out: each request.
 * Requests are counted from when the fault was added.
 *
 * Inside of lib/mock/server.
 */
#ifndef HA_MOCK_FAULT_H
#define HA_MOCK_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "mock/server/mock_graph_error.h"
#include "mock/server/mock_http.h"
#include "mock/server/mock_lie.h"
#include "base/why.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_STATUS,	 /* 500, 502, 503, 504, 401, 404, 422: status */
	FAULT_LIMIT,	 /* 429 without a reason */
	FAULT_WAIT,	 /* 429 with the API's header: wait_ms */
	FAULT_REFUSED,	 /* 400, as HTML */
	FAULT_FORBIDDEN, /* 403, and the token is revoked */
	FAULT_EMPTY,	 /* 200 without a body */
	FAULT_HTML,	 /* 200, a page for people */
	FAULT_SHORT,	 /* cut JSON, its length is right */
	FAULT_CUT,	 /* the connection ends before the stated length */
	FAULT_SLOW,	 /* half, a wait, the rest */
	FAULT_RESET,	 /* TCP reset */
	FAULT_RESULT,	 /* 200, status fail, the text in result */
	FAULT_MESSAGE,	 /* 200, status fail, the text in message */
	FAULT_ERROR,	 /* 200, an error object as OData has it */
	FAULT_CODE,	 /* status and error object as the Graph API has them */
	FAULT_ECHO,	 /* status, and what was sent in the text */
	FAULT_REDIRECT,	 /* 302 */
	FAULT_CHUNKED,	 /* no length is stated */
	FAULT_GZIP,	 /* compressed, whether asked for or not */
	FAULT_LIE	 /* well made, and not true: lie */
};

struct fault {
	enum fault_kind kind;
	int status;
	int64_t wait_ms;
	struct graph_error error; /* of FAULT_CODE */
	double minutes;		  /* until calls are let in, says a header */
	enum lie lie;
	size_t rows; /* that a lie is about, of each page */
};

struct mock_faults;

/* source: whose answers lies are made of; borrowed. */
struct mock_faults *fault_new(uint64_t seed, const char *source);
void fault_free(struct mock_faults *f); /* NULL is fine */
/* EX_USAGE for what is not a fault; EX_CONFIG: a lie about a source that has
   no description. */
int fault_add(struct mock_faults *f, const char *text, struct why *why);
void fault_clear(struct mock_faults *f);
/* "0", "0.25", "1"; false for anything else. */
bool fault_chance(const char *text, double *to);
/* The fault for this request; kind FAULT_NONE and false: none. */
bool fault_draw(struct mock_faults *f, const char *path, struct fault *hit);
/* true: the answer is made, nothing else is to be done. */
bool fault_instead(
    const struct fault *fault, const struct request *r, struct mock_answer *a);
/* What happens to an answer that is made; path and host are the request's. */
void fault_after(struct mock_faults *f, const struct fault *fault,
    const char *host, const char *path, struct mock_answer *a);

#endif
