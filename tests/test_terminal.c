// SPDX-License-Identifier: MIT
/* Tables and the progress line as text; on a pipe there is nothing else. */
#include "support/terminal.h"
#include "tests/check.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_printed(const struct table *t, const char *expected)
{
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    table_print(t, f);
    fclose(f);
    CHECK(strcmp(text, expected) == 0, "printed\n%s, not\n%s", text, expected);
    free(text);
}

static void check_table(void)
{
    static const struct table_column columns[] = {
        {"name", COLUMN_LEFT}, {"ns", COLUMN_RIGHT}, {"verdict", COLUMN_LEFT}};
    struct table *t = table_make(columns, 3);
    check_printed(t, "name  ns  verdict\n");
    table_cell(t, CELL_STRONG, "a");
    table_cell(t, CELL_PLAIN, "%.1f", 12.25);
    table_cell(t, CELL_GOOD, "%s", "fine");
    table_cell(t, CELL_PLAIN, "µs, ½");
    table_cell(t, CELL_PLAIN, "%d", 1234567);
    table_cell(t, CELL_BAD, "%s", "");
    check_printed(t, "name        ns  verdict\n"
                     "a         12.2  fine\n"
                     "µs, ½  1234567  \n");
    table_cell(t, CELL_PLAIN, "half a row");
    check_printed(t, "name        ns  verdict\n"
                     "a         12.2  fine\n"
                     "µs, ½  1234567  \n");
    table_free(t);
}

static void check_line(double share, double elapsed_ns, size_t columns, const char *expected)
{
    char *line = progress_line(share, elapsed_ns, "mutex/½", columns);
    CHECK(strcmp(line, expected) == 0, "\"%s\", not \"%s\"", line, expected);
    free(line);
}

static void check_progress(void)
{
    check_line(0.25, 3e9, 80, " 25 %, 3s, 9s left: mutex/½");
    check_line(0, 3e9, 80, "  0 %, 3s: mutex/½");
    check_line(7, 3e9, 80, "100 %, 3s, 0s left: mutex/½");
    check_line(0.25, 3e9, 26, " 25 %, 3s, 9s left: mutex/");
    check_line(0.25, 3e9, 0, "");
}

/* With stderr a pipe. */
static void check_silence(void)
{
    int ends[2], kept = dup(STDERR_FILENO);
    char byte;
    if (pipe2(ends, O_NONBLOCK) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
        abort();
    struct progress p;
    progress_start(&p);
    progress_show(&p, 1, 2, "label");
    progress_clear(&p);
    bool colour = terminal_has_colour(stderr);
    dup2(kept, STDERR_FILENO);
    CHECK(!colour, "colour in a pipe");
    CHECK(read(ends[0], &byte, 1) < 0, "progress in a pipe");
}

/* All that arrives until nothing does for a while: terminals deliver in their own time. */
static void read_all(int file, char *text, size_t size)
{
    enum { QUIET_MS = 100 };
    struct pollfd readable = {.fd = file, .events = POLLIN};
    size_t length = 0;
    while (length + 1 < size && poll(&readable, 1, QUIET_MS) > 0) {
        ssize_t more = read(file, text + length, size - 1 - length);
        if (more <= 0)
            break;
        length += (size_t)more;
    }
    text[length] = '\0';
}

/* A terminal of our own: the master's side reads what a person would see. */
static void check_terminal(void)
{
    char text[512];
    int master = posix_openpt(O_RDWR | O_NOCTTY), kept = dup(STDERR_FILENO);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        printf("terminal: no pseudo-terminal here\n");
        return;
    }
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    CHECK(slave >= 0, "the terminal's other side is missing");
    FILE *shown = fdopen(slave, "w");
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    CHECK(terminal_has_colour(shown), "no colour on a terminal");
    setenv("NO_COLOR", "", 1);
    CHECK(terminal_has_colour(shown), "an empty NO_COLOR forbids colour");
    setenv("NO_COLOR", "1", 1);
    CHECK(!terminal_has_colour(shown), "colour in spite of NO_COLOR");
    unsetenv("NO_COLOR");

    static const struct table_column column = {"x", COLUMN_RIGHT};
    struct table *t = table_make(&column, 1);
    table_cell(t, CELL_BAD, "yy");
    table_print(t, shown);
    table_free(t);
    fflush(shown);

    dup2(slave, STDERR_FILENO);
    struct progress p;
    progress_start(&p);
    for (int i = 0; i < 5; i++)
        progress_show(&p, 1, 2, "half"); /* the first is shown, the rest come too soon */
    progress_clear(&p);
    setenv("TERM", "dumb", 1);
    bool dumb_colour = terminal_has_colour(stderr);
    progress_start(&p);
    progress_show(&p, 1, 2, "dumb");
    dup2(kept, STDERR_FILENO);
    CHECK(!dumb_colour, "colour on a dumb terminal");

    read_all(master, text, sizeof text);
    CHECK(strstr(text, " \033[1mx\033[0m\r\n\033[31myy\033[0m\r\n") == text, "table: %s", text);
    const char *half = strstr(text, "half");
    CHECK(half && !strstr(half + 1, "half"), "progress: %s", text);
    CHECK(strlen(text) > 4 && strcmp(text + strlen(text) - 4, "\r\033[K") == 0, "not wiped: %s",
          text);
    fclose(shown);
    close(master);
}

int main(void)
{
    check_table();
    check_progress();
    check_silence();
    check_terminal();
    return check_result("terminal");
}
