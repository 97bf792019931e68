// SPDX-License-Identifier: MIT
/* check.h - a test program is a main that CHECKs and ends with return check_result("name"): exit 0 if
   every check held, 1 if one did not, and 1 as well if nothing was checked. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>

static unsigned check_done, check_failed;

#define CHECK(condition, ...)                                                                      \
    do {                                                                                           \
        check_done++;                                                                              \
        if (!(condition)) {                                                                        \
            check_failed++;                                                                        \
            fprintf(stderr, "%s:%d: failed: %s: ", __FILE__, __LINE__, #condition);                \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
        }                                                                                          \
    } while (0)

static inline int check_result(const char *name)
{
    printf("%s: %u checks, %u failed\n", name, check_done, check_failed);
    return check_failed != 0 || check_done == 0;
}

#endif
