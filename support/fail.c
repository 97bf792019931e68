// SPDX-License-Identifier: MIT
#include "support/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say(const char *format, va_list args)
{
    flockfile(stderr);
    fputs("contend: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    funlockfile(stderr);
}

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

void fail(enum exit_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    exit((int)code);
}

void *must_alloc(unsigned long bytes)
{
    void *p = calloc(1, bytes ? bytes : 1);
    if (!p)
        fail(EXIT_ENVIRONMENT, "memory: no %lu bytes left", bytes);
    return p;
}

void *must_alloc_aligned(unsigned long alignment, unsigned long bytes)
{
    unsigned long rounded = (bytes + alignment - 1) & ~(alignment - 1);
    void *p = aligned_alloc(alignment, rounded ? rounded : alignment);
    if (!p)
        fail(EXIT_ENVIRONMENT, "memory: no %lu bytes left", bytes);
    memset(p, 0, rounded);
    return p;
}

char *must_printf(const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        fail(EXIT_ENVIRONMENT, "memory: none left for a line of text");
    return text;
}
