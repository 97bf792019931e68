// SPDX-License-Identifier: MIT
#include "stress/model/trace.h"

#include "stress/model/engine.h"

#include <string.h>

enum { LINES_MAX = 34, TEXT_BYTES = 48 };

static const char *const orders[] = {"relaxed", "acquire", "release", "acqrel", "seq_cst"};

static const struct {
    const char *text;
    enum { NO_VALUE, READ, CHANGE, COMPARED, COUNTED } shows;
    bool ordered;
} operations[] = {
    [OP_LOAD] = {"load", READ, true},
    [OP_STORE] = {"store", CHANGE, true},
    [OP_EXCHANGE] = {"exchange", CHANGE, true},
    [OP_ADD] = {"add", CHANGE, true},
    [OP_SUB] = {"sub", CHANGE, true},
    [OP_OR] = {"or", CHANGE, true},
    [OP_AND] = {"and", CHANGE, true},
    [OP_CAS] = {"cas", CHANGE, true},
    [OP_CAS_FAILED] = {"cas fails", READ, false},
    [OP_RSEQ_COMPARE] = {"rseq compare", READ, false},
    [OP_RSEQ_STORE] = {"rseq store", CHANGE, true},
    [OP_RSEQ_RESTART] = {"rseq restarts", NO_VALUE, false},
    [OP_WAIT] = {"sleeps while", COMPARED, false},
    [OP_WAIT_DIFFERS] = {"does not sleep, not", COMPARED, false},
    [OP_WAIT_SPURIOUS] = {"spurious return", COMPARED, false},
    [OP_TIMED_OUT] = {"times out", NO_VALUE, false},
    [OP_WAKE] = {"wake", COUNTED, false},
    [OP_REQUEUE] = {"requeue", COUNTED, false},
    [OP_PI_LOCK] = {"pi lock", CHANGE, false},
    [OP_PI_BLOCK] = {"pi lock sleeps", CHANGE, false},
    [OP_PI_UNLOCK] = {"pi unlock", CHANGE, false},
    [OP_MEMBARRIER] = {"membarrier", NO_VALUE, false},
    [OP_PLAIN_READ] = {"  reads", READ, false},
    [OP_PLAIN_WRITE] = {"  writes", CHANGE, false},
    [OP_PAUSE] = {"awaits a change", NO_VALUE, false},
};

/* A value that is an address is shown as what lies there. */
static void value_text(uint64_t value, char text[TEXT_BYTES])
{
    const struct program *p = engine.program;
    text[0] = '\0';
    if (value > UINT32_MAX)
        p->name(p->context, (const void *)(uintptr_t)value, text, TEXT_BYTES);
    if (!text[0])
        snprintf(text, TEXT_BYTES, value > UINT16_MAX ? "%#jx" : "%ju", (uintmax_t)value);
}

static void location_text(unsigned location, char text[TEXT_BYTES])
{
    const struct program *p = engine.program;
    text[0] = '\0';
    if (location == NO_LOCATION)
        return;
    p->name(p->context, memory.location[location].address, text, TEXT_BYTES);
    if (!text[0])
        snprintf(text, TEXT_BYTES, "static%u", location);
}

/* The last two parts of the path say enough. */
static const char *short_site(const char *site)
{
    const char *from = site, *slash = site;
    for (const char *p = site; *p; p++) {
        if (*p == '/') {
            from = slash;
            slash = p + 1;
        }
    }
    return from;
}

static bool is_plain(unsigned event)
{
    return engine.event[event].operation == OP_PLAIN_READ ||
           engine.event[event].operation == OP_PLAIN_WRITE;
}

/* How many events make one line: accesses of protected data by one thread stand together, but for the
   last event of all, which may be the race. */
static unsigned line_events(unsigned event)
{
    unsigned n = event;
    while (n + 1 < engine.events && is_plain(n) &&
           engine.event[n].thread == engine.event[event].thread)
        n++;
    return n > event ? n - event : 1;
}

static uint16_t line_of[EVENTS_MAX];

static void print_line(FILE *out, unsigned event, unsigned events, int site_width)
{
    const struct event *e = &engine.event[event];
    char location[TEXT_BYTES], old_value[TEXT_BYTES], value[TEXT_BYTES], operation[TEXT_BYTES];
    location_text(e->location, location);
    value_text(e->old_value, old_value);
    value_text(e->value, value);
    snprintf(operation, sizeof operation, "%s%s%s", operations[e->operation].text,
             operations[e->operation].ordered ? " " : "",
             operations[e->operation].ordered ? orders[e->order] : "");
    fprintf(out, "  %3u  T%u  %-*s  ", line_of[event], e->thread, site_width, short_site(e->site));
    if (events > 1) {
        fprintf(out, "%u accesses of protected data\n", events);
        return;
    }
    fprintf(out, "%-18s %-9s ", operation, location);
    switch (operations[e->operation].shows) {
    case NO_VALUE:
        break;
    case READ:
        fputs(value, out);
        break;
    case CHANGE:
        fprintf(out, "%s -> %s", old_value, value);
        break;
    case COMPARED:
        fprintf(out, "%s (is %s)", value, old_value);
        break;
    case COUNTED:
        fprintf(out, "%s of them", value);
        break;
    }
    if (e->from != NO_EVENT)
        fprintf(out, ", from %u", line_of[e->from]);
    if (e->staleness)
        fprintf(out, ", %u newer", e->staleness);
    fputc('\n', out);
}

void trace_print(FILE *out)
{
    unsigned lines = 0;
    int site_width = 0;
    for (unsigned i = 0; i < engine.events; i += line_events(i)) {
        int width = (int)strlen(short_site(engine.event[i].site));
        site_width = width > site_width ? width : site_width;
        line_of[i] = (uint16_t)++lines;
    }
    unsigned skip = lines > LINES_MAX ? lines - LINES_MAX : 0;
    if (skip)
        fprintf(out, "       ... %u operations before\n", skip);
    for (unsigned i = 0; i < engine.events; i += line_events(i)) {
        if (line_of[i] > skip)
            print_line(out, i, line_events(i), site_width);
    }
}
