// SPDX-License-Identifier: MIT
#include "support/proc.h"

#include "support/fail.h"

#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *proc_text(const char *root, const char *path_format, ...)
{
    char relative[512], path[1024];
    va_list arguments;
    va_start(arguments, path_format);
    vsnprintf(relative, sizeof relative, path_format, arguments);
    va_end(arguments);
    if (snprintf(path, sizeof path, "%s%s", root, relative) >= (int)sizeof path)
        return NULL;

    FILE *f = fopen(path, "re");
    if (f == NULL)
        return NULL;
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length = getdelim(&text, &capacity, '\0', f);
    bool readable = length >= 0 || !ferror(f);
    fclose(f);
    if (!readable) {
        free(text);
        return NULL;
    }
    if (length < 0) {
        free(text);
        return must_printf("%s", "");
    }
    size_t end = strlen(text);
    while (end > 0 && isspace((unsigned char)text[end - 1]))
        end--;
    text[end] = '\0';
    return text;
}

char *proc_first_line(const char *text)
{
    return text == NULL ? NULL : must_printf("%.*s", (int)strcspn(text, "\n"), text);
}

char *proc_next_field(const char **at, const char *key)
{
    size_t length = strlen(key);
    for (const char *line = *at; *line != '\0';
         line += strcspn(line, "\n"), line += *line != '\0') {
        if (strncmp(line, key, length) != 0)
            continue;
        const char *colon = line + length + strspn(line + length, " \t");
        if (*colon != ':')
            continue;
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        *at = value + strcspn(value, "\n");
        return must_printf("%.*s", (int)(*at - value), value);
    }
    return NULL;
}

char *proc_field(const char *text, const char *key)
{
    return text == NULL ? NULL : proc_next_field(&text, key);
}

bool proc_has_word(const char *text, const char *word, const char *separators)
{
    size_t length = strlen(word);
    for (const char *at = text; *at != '\0';) {
        at += strspn(at, separators);
        size_t n = strcspn(at, separators);
        if (n == length && strncmp(at, word, n) == 0)
            return true;
        at += n;
    }
    return false;
}

char *proc_add_distinct(char *list, char *item)
{
    if (list == NULL || item == NULL)
        return list == NULL ? item : list;
    char *longer = proc_has_word(list, item, ", ") ? must_printf("%s", list)
                                                   : must_printf("%s, %s", list, item);
    free(list);
    free(item);
    return longer;
}

char *proc_bracketed(char *text)
{
    char *open = text == NULL ? NULL : strchr(text, '[');
    char *word = open == NULL ? NULL : must_printf("%.*s", (int)strcspn(open + 1, "]"), open + 1);
    free(text);
    return word;
}
