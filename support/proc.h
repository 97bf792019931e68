// SPDX-License-Identifier: MIT
/* proc.h - reading what /proc and /sys say. All returned texts are malloc'ed; NULL: not there. */
#ifndef SUPPORT_PROC_H
#define SUPPORT_PROC_H

#include <stdbool.h>

/* The text of root/path up to a NUL, white space at its end cut off; root "" is this machine. */
char *proc_text(const char *root, const char *path_format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first line of text, which may be NULL. */
char *proc_first_line(const char *text);

/* The value of the next line "key : value" from *at on, which moves behind it. */
char *proc_next_field(const char **at, const char *key);
/* The first one in text, which may be NULL. */
char *proc_field(const char *text, const char *key);

/* The chosen word of "always [madvise] never"; consumes text, which may be NULL. */
char *proc_bracketed(char *text);

/* Is word among those of text, which are separated by any of separators? */
bool proc_has_word(const char *text, const char *word, const char *separators);

/* list ", " item unless it is there already; consumes both, either may be NULL. */
char *proc_add_distinct(char *list, char *item);

#endif
