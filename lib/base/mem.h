/*
 * mem -- memory that is there: a failed allocation ends the program
 * (EX_OSERR), since nobody could do better. free() gives it back.
 */
#ifndef HA_MEM_H
#define HA_MEM_H

#include <stddef.h>

/* All zeros; n may be 0. */
void *mem_new(size_t n, size_t size);
/* As many as were there stay as they are; at may be NULL, n 0. */
void *mem_grow(void *at, size_t n, size_t size);
/* A copy; NULL of NULL. */
char *mem_str(const char *s);
char *mem_text(const char *s, size_t len);

#endif
