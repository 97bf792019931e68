// SPDX-License-Identifier: MIT
#include "support/terminal.h"

#include "support/clock.h"
#include "support/fail.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const uint64_t progress_interval_ns = 100 * NS_PER_MS;
static const char line_wipe[] = "\r\033[K";

bool terminal_has_colour(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(stream)) && !(no_color && no_color[0] != '\0') && term &&
           term[0] != '\0' && strcmp(term, "dumb") != 0;
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* Shorten text to so many characters. */
static void cut(char *text, size_t width)
{
    for (size_t seen = 0; *text; text++) {
        seen += ((unsigned char)*text & 0xc0) != 0x80;
        if (seen > width) {
            *text = '\0';
            return;
        }
    }
}

static size_t terminal_columns(void)
{
    struct winsize w;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

char *progress_line(double share, double elapsed_ns, const char *label, size_t columns)
{
    static const double share_foretold_min = 0.01; /* before that, time left is a guess */
    struct duration_text elapsed = duration_format(elapsed_ns);
    char *line;

    share = share < 0 ? 0 : share > 1 ? 1 : share;
    if (share >= share_foretold_min) {
        struct duration_text left = duration_format(elapsed_ns * (1 - share) / share);
        line =
            must_printf("%3.0f %%, %s, %s left: %s", 100 * share, elapsed.text, left.text, label);
    } else {
        line = must_printf("%3.0f %%, %s: %s", 100 * share, elapsed.text, label);
    }
    cut(line, columns);
    return line;
}

void progress_start(struct progress *p)
{
    const char *term = getenv("TERM");
    p->shown = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    p->start_ns = p->next_ns = clock_ns();
}

void progress_show(struct progress *p, double done, double expected, const char *label)
{
    uint64_t now_ns = clock_ns();

    if (!p->shown || now_ns < p->next_ns)
        return;
    p->next_ns = now_ns + progress_interval_ns;
    /* the last column stays free: writing there wraps on some terminals */
    char *line = progress_line(expected > 0 ? done / expected : 0, (double)(now_ns - p->start_ns),
                               label, terminal_columns() - 1);
    fprintf(stderr, "%s%s", line_wipe, line);
    fflush(stderr);
    free(line);
}

void progress_clear(const struct progress *p)
{
    if (!p->shown)
        return;
    fputs(line_wipe, stderr);
    fflush(stderr);
}

static const char *const style_codes[] = {
    [CELL_PLAIN] = "",        [CELL_STRONG] = "\033[1m", [CELL_FAINT] = "\033[2m",
    [CELL_GOOD] = "\033[32m", [CELL_WARN] = "\033[33m",  [CELL_BAD] = "\033[31m",
};
static const char style_end[] = "\033[0m";

struct cell {
    char *text;
    enum cell_style style;
};

struct table {
    size_t columns, cells, room;
    struct table_column *column;
    struct cell *cell; /* [cells], the titles first */
};

static void append(struct table *t, enum cell_style style, char *text)
{
    if (t->cells == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->cell = realloc(t->cell, t->room * sizeof *t->cell);
        if (!t->cell)
            fail(EXIT_ENVIRONMENT, "memory: none left for a table");
    }
    t->cell[t->cells++] = (struct cell){text, style};
}

struct table *table_make(const struct table_column *columns, size_t column_count)
{
    struct table *t = must_alloc(sizeof *t);
    t->columns = column_count;
    t->column = must_alloc(column_count * sizeof *t->column);
    memcpy(t->column, columns, column_count * sizeof *t->column);
    for (size_t c = 0; c < column_count; c++)
        append(t, CELL_STRONG, must_printf("%s", columns[c].title));
    return t;
}

void table_cell(struct table *t, enum cell_style style, const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        fail(EXIT_ENVIRONMENT, "memory: none left for a table");
    append(t, style, text);
}

static void print_cell(const struct cell *c, enum column_side side, size_t width, bool last,
                       bool colour, FILE *stream)
{
    int blanks = (int)(width - width_of(c->text));
    bool styled = colour && c->style != CELL_PLAIN;

    fprintf(stream, "%*s%s%s%s", side == COLUMN_RIGHT ? blanks : 0, "",
            styled ? style_codes[c->style] : "", c->text, styled ? style_end : "");
    if (last)
        fputc('\n', stream);
    else
        fprintf(stream, "%*s", 2 + (side == COLUMN_LEFT ? blanks : 0), "");
}

void table_print(const struct table *t, FILE *stream)
{
    bool colour = terminal_has_colour(stream);
    size_t complete = t->cells - t->cells % t->columns;
    size_t *widths = must_alloc(t->columns * sizeof *widths);

    for (size_t i = 0; i < complete; i++) {
        size_t width = width_of(t->cell[i].text);
        if (width > widths[i % t->columns])
            widths[i % t->columns] = width;
    }
    for (size_t i = 0; i < complete; i++) {
        size_t c = i % t->columns;
        print_cell(&t->cell[i], t->column[c].side, widths[c], c + 1 == t->columns, colour, stream);
    }
    free(widths);
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i].text);
    free(t->cell);
    free(t->column);
    free(t);
}
