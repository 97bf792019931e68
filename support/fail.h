// SPDX-License-Identifier: MIT
/* fail.h - how a program of this project says that something is wrong. */
#ifndef SUPPORT_FAIL_H
#define SUPPORT_FAIL_H

enum exit_code {
    EXIT_FINE = 0,
    EXIT_CHECK_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOTHING_MATCHED = 3,
    EXIT_UNRELIABLE = 4,
    EXIT_ENVIRONMENT = 5,
    EXIT_SKIPPED = 77,
    EXIT_INTERRUPTED = 130,
};

/* One line "contend: <text>" on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, then exit(code). */
_Noreturn void fail(enum exit_code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* calloc that fails the program instead of returning NULL; alignment is a power of two. */
void *must_alloc(unsigned long bytes) __attribute__((returns_nonnull));
void *must_alloc_aligned(unsigned long alignment, unsigned long bytes)
    __attribute__((returns_nonnull));
char *must_printf(const char *format, ...) __attribute__((returns_nonnull, format(printf, 1, 2)));

#endif
