/*
 * run -- the id that all stages of one run put into their marks and logs.
 */
#ifndef HA_RUN_H
#define HA_RUN_H

/* HA_RUN if it is a UUID, else a fresh one (version 4), made once. */
const char *run_id(void);

#endif
