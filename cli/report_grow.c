// SPDX-License-Identifier: MIT
#include "cli/report_grow.h"

#include "support/fail.h"

#include <stdlib.h>
#include <string.h>

void *grown(void *items, size_t count, size_t size)
{
    items = realloc(items, (count + 1) * size);
    if (!items)
        fail(EXIT_ENVIRONMENT, "memory: no room for %zu rows of the store", count + 1);
    memset((char *)items + count * size, 0, size);
    return items;
}

void *named(void **items, size_t *count, size_t size, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        char *item = (char *)*items + i * size;
        if (strcmp(*(char **)(void *)item, name) == 0)
            return item;
    }
    *items = grown(*items, *count, size);
    char *item = (char *)*items + (*count)++ * size;
    *(char **)(void *)item = must_printf("%s", name);
    return item;
}

char *kept(const char *text)
{
    return text ? must_printf("%s", text) : NULL;
}
