// SPDX-License-Identifier: MIT
/* report_grow.h - lists that grow while the store is read. */
#ifndef CLI_REPORT_GROW_H
#define CLI_REPORT_GROW_H

#include <stddef.h>

/* items with room for one more, which is zero. */
void *grown(void *items, size_t count, size_t size);

/* The item of that name, added where there is none. Every kind of item begins with its name. */
void *named(void **items, size_t *count, size_t size, const char *name);
#define NAMED(items, count, name) named((void **)&(items), &(count), sizeof *(items), name)

/* A copy of text, or NULL of NULL. */
char *kept(const char *text);

#endif
