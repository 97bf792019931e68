// SPDX-License-Identifier: MIT
#include "stress/model/trace.h"

#include "stress/model/engine.h"
#include "support/fail.h"

#include <string.h>

static const char *const orders[] = {"relaxed", "acquire", "release", "acqrel", "seq_cst"};

static const struct {
    const char *text;
    enum { NO_VALUE, VALUE, CHANGE, COMPARED, COUNTED } shows;
    enum trace_mark mark;
    bool ordered;
} operations[] = {
    [OP_LOAD] = {"load", VALUE, MARK_READS, true},
    [OP_STORE] = {"store", CHANGE, MARK_WRITES, true},
    [OP_EXCHANGE] = {"exchange", CHANGE, MARK_WRITES, true},
    [OP_ADD] = {"add", CHANGE, MARK_WRITES, true},
    [OP_SUB] = {"sub", CHANGE, MARK_WRITES, true},
    [OP_OR] = {"or", CHANGE, MARK_WRITES, true},
    [OP_AND] = {"and", CHANGE, MARK_WRITES, true},
    [OP_CAS] = {"cas", CHANGE, MARK_WRITES, true},
    [OP_CAS_FAILED] = {"cas fails", VALUE, MARK_READS, false},
    [OP_RSEQ_COMPARE] = {"rseq compare", VALUE, MARK_READS, false},
    [OP_RSEQ_STORE] = {"rseq store", CHANGE, MARK_WRITES, true},
    [OP_RSEQ_RESTART] = {"rseq restarts", NO_VALUE, MARK_OTHER, false},
    [OP_WAIT] = {"sleeps while", COMPARED, MARK_SLEEPS, false},
    [OP_WAIT_DIFFERS] = {"does not sleep, not", COMPARED, MARK_READS, false},
    [OP_WAIT_SPURIOUS] = {"spurious return", COMPARED, MARK_OTHER, false},
    [OP_TIMED_OUT] = {"times out", NO_VALUE, MARK_OTHER, false},
    [OP_WAKE] = {"wake", COUNTED, MARK_WAKES, false},
    [OP_REQUEUE] = {"requeue", COUNTED, MARK_WAKES, false},
    [OP_PI_LOCK] = {"pi lock", CHANGE, MARK_WRITES, false},
    [OP_PI_BLOCK] = {"pi lock sleeps", CHANGE, MARK_SLEEPS, false},
    [OP_PI_UNLOCK] = {"pi unlock", CHANGE, MARK_WAKES, false},
    [OP_MEMBARRIER] = {"membarrier", NO_VALUE, MARK_OTHER, false},
    [OP_PLAIN_READ] = {"  reads", VALUE, MARK_READS, false},
    [OP_PLAIN_WRITE] = {"  writes", CHANGE, MARK_WRITES, false},
    [OP_PAUSE] = {"awaits a change", NO_VALUE, MARK_OTHER, false},
};

/* A value that is an address is shown as what lies there. */
static void value_text(uint64_t value, char text[TRACE_TEXT_BYTES])
{
    const struct program *p = engine.program;
    text[0] = '\0';
    if (value > UINT32_MAX)
        p->name(p->context, (const void *)(uintptr_t)value, text, TRACE_TEXT_BYTES);
    if (!text[0])
        snprintf(text, TRACE_TEXT_BYTES, value > UINT16_MAX ? "%#jx" : "%ju", (uintmax_t)value);
}

static void location_text(unsigned location, char text[TRACE_TEXT_BYTES])
{
    const struct program *p = engine.program;
    text[0] = '\0';
    if (location == NO_LOCATION)
        return;
    p->name(p->context, memory.location[location].address, text, TRACE_TEXT_BYTES);
    if (!text[0])
        snprintf(text, TRACE_TEXT_BYTES, "static%u", location);
}

const char *trace_short_site(const char *site)
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

static unsigned line_at(unsigned event)
{
    return event < engine.events ? line_of[event] : 0;
}

static void values_text(const struct event *e, FILE *out)
{
    char old_value[TRACE_TEXT_BYTES], value[TRACE_TEXT_BYTES];
    value_text(e->old_value, old_value);
    value_text(e->value, value);
    switch (operations[e->operation].shows) {
    case NO_VALUE:
        break;
    case VALUE:
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
    if (line_at(e->from))
        fprintf(out, ", from %u", line_at(e->from));
    if (e->staleness)
        fprintf(out, ", %u newer", e->staleness);
}

static void fill(struct trace_line *l, unsigned event, unsigned events)
{
    const struct event *e = &engine.event[event];
    *l = (struct trace_line){.number = line_of[event],
                             .thread = e->thread,
                             .site = trace_short_site(e->site),
                             .mark = operations[e->operation].mark};
    if (events > 1) {
        snprintf(l->operation, sizeof l->operation, "%u accesses of protected data", events);
        return;
    }
    location_text(e->location, l->location);
    snprintf(l->operation, sizeof l->operation, "%s%s%s", operations[e->operation].text,
             operations[e->operation].ordered ? " " : "",
             operations[e->operation].ordered ? orders[e->order] : "");
    FILE *value = fmemopen(l->value, sizeof l->value, "w");
    if (!value)
        fail(EXIT_ENVIRONMENT, "model: no memory for a trace");
    values_text(e, value);
    fclose(value);
    l->from = line_at(e->from);
    l->staleness = e->staleness;
    l->sleeps = e->operation == OP_WAIT || e->operation == OP_PI_BLOCK;
    l->until = line_at(e->until);
}

unsigned trace_lines(struct trace_line line[TRACE_LINES_MAX], unsigned *before)
{
    unsigned lines = 0, shown = 0;
    for (unsigned i = 0; i < engine.events; i += line_events(i))
        line_of[i] = (uint16_t)++lines;
    *before = lines > TRACE_LINES_MAX ? lines - TRACE_LINES_MAX : 0;
    for (unsigned i = 0; i < engine.events; i += line_events(i)) {
        if (line_of[i] > *before)
            fill(&line[shown++], i, line_events(i));
    }
    return shown;
}

void trace_print(FILE *out)
{
    static struct trace_line line[TRACE_LINES_MAX];
    unsigned before, lines = trace_lines(line, &before);
    int site_width = 0;
    for (unsigned i = 0; i < lines; i++) {
        int width = (int)strlen(line[i].site);
        site_width = width > site_width ? width : site_width;
    }
    if (before)
        fprintf(out, "       ... %u operations before\n", before);
    for (const struct trace_line *l = line; l < line + lines; l++) {
        fprintf(out, "  %3u  T%u  %-*s  ", l->number, l->thread, site_width, l->site);
        if (l->value[0] || l->location[0])
            fprintf(out, "%-18s %-9s %s", l->operation, l->location, l->value);
        else
            fputs(l->operation, out);
        fputc('\n', out);
    }
}
