// SPDX-License-Identifier: MIT
#include "stress/linear.h"

#include "support/fail.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many calls of each thread are in the order already. Each makes one call after the other, so that
   this says which ones. */
union frontier {
    uint8_t of[HISTORY_THREADS_MAX];
    uint64_t all;
};

/* A call, and how many of each thread's come before it. */
struct placed {
    struct linear_call call;
    uint8_t before[HISTORY_THREADS_MAX];
    bool looks; /* can only have left the state as it was */
};

/* Frontiers and states that lead nowhere: records in one block, found by a table of their offsets. */
struct cache {
    unsigned char *records;
    size_t bytes, bytes_max;
    uint32_t *slot; /* offset + 1, or 0 */
    unsigned slots, used;
};
enum { CACHE_SLOTS_MIN = 256 };

struct search {
    const struct linear_spec *spec;
    const struct history *h;
    struct placed placed[HISTORY_THREADS_MAX][HISTORY_CALLS_MAX];
    const struct linear_call *got_by[LINEAR_ITEMS];
    struct cache cache;
    unsigned states_max;
    struct linear_result result;
};

_Static_assert(HISTORY_CALLS_MAX <= UINT8_MAX, "a frontier counts in bytes");

/* Called one after the other, so what came before a call also came before the next. */
static void place_thread(struct search *s, unsigned t)
{
    const struct history *h = s->h;
    uint8_t before[HISTORY_THREADS_MAX] = {0};
    for (unsigned i = 0; i < h->thread[t].calls; i++) {
        const struct history_call *c = &h->thread[t].call[i];
        for (unsigned u = 0; u < h->threads; u++) {
            const struct history_thread *other = &h->thread[u];
            while (u != t && before[u] < other->calls &&
                   stamp_before(&other->call[before[u]].returned, u, &c->called))
                before[u]++;
        }
        before[t] = (uint8_t)i;
        struct placed *p = &s->placed[t][i];
        p->call = (struct linear_call){.is = c, .thread = t};
        p->looks = c->error != 0 || s->spec->operations[c->what].looks;
        memcpy(p->before, before, sizeof before);
        if (s->spec->fifo_gets)
            p->call.got_by = s->got_by;
        if (!c->error && (s->spec->fifo_gets >> c->what & 1) && c->got && c->got < LINEAR_ITEMS)
            s->got_by[c->got] = &p->call;
    }
}

/* Calls of others that were under way while this one was. */
static void count_excuses(struct search *s, struct placed *p)
{
    unsigned t = p->call.thread;
    const struct linear_operation *o = &s->spec->operations[p->call.is->what];
    if (!p->call.is->error || !o->excused_by)
        return;
    for (unsigned u = 0; u < s->h->threads; u++) {
        for (unsigned i = p->before[u]; u != t && i < s->h->thread[u].calls; i++) {
            const struct placed *other = &s->placed[u][i];
            if (other->before[t] > p->before[t])
                break;
            const struct history_call *c = other->call.is;
            bool counts = !c->error || o->excused_by_refused ||
                          (c->error == EPIPE && o->excused_by_ended >> c->what & 1);
            p->call.excuses += counts && o->excused_by >> c->what & 1;
        }
    }
}

static bool is_ready(const struct search *s, const union frontier *done, unsigned t)
{
    if (done->of[t] == s->h->thread[t].calls)
        return false;
    const struct placed *p = &s->placed[t][done->of[t]];
    for (unsigned u = 0; u < s->h->threads; u++) {
        if (p->before[u] > done->of[u])
            return false;
    }
    return true;
}

static size_t hash_of(const unsigned char *record, size_t bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ record[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

/* A record: its length, the frontier, the state. */
enum { RECORD_MAX = sizeof(uint32_t) + sizeof(union frontier) + LINEAR_STATE_BYTES };

static size_t record_make(const struct search *s, unsigned char *record, const union frontier *done,
                          const void *state)
{
    size_t state_bytes = s->spec->bytes(state);
    uint32_t bytes = (uint32_t)(sizeof bytes + sizeof done->all + state_bytes);
    memcpy(record, &bytes, sizeof bytes);
    memcpy(record + sizeof bytes, &done->all, sizeof done->all);
    memcpy(record + sizeof bytes + sizeof done->all, state, state_bytes);
    return bytes;
}

/* Its slot, or the free one where it belongs. */
static uint32_t *cache_slot(const struct cache *c, const unsigned char *record, size_t bytes)
{
    size_t i = hash_of(record, bytes) & (c->slots - 1);
    while (c->slot[i] && memcmp(c->records + c->slot[i] - 1, record, bytes) != 0)
        i = (i + 1) & (c->slots - 1);
    return &c->slot[i];
}

static void *must_have(void *memory)
{
    if (!memory)
        fail(EXIT_ENVIRONMENT, "memory: none left to check a history");
    return memory;
}

static void cache_grow(struct cache *c)
{
    unsigned slots = c->slots ? 2 * c->slots : CACHE_SLOTS_MIN;
    free(c->slot);
    c->slot = must_have(calloc(slots, sizeof *c->slot));
    c->slots = slots;
    uint32_t bytes;
    for (size_t at = 0; at < c->bytes; at += bytes) {
        memcpy(&bytes, c->records + at, sizeof bytes);
        *cache_slot(c, c->records + at, bytes) = (uint32_t)at + 1;
    }
}

static void cache_add(struct cache *c, const unsigned char *record, size_t bytes)
{
    if (2 * c->used >= c->slots)
        cache_grow(c);
    if (c->bytes + RECORD_MAX > c->bytes_max) { /* room to compare the longest with the last */
        c->bytes_max = 2 * c->bytes_max + 16 * (size_t)RECORD_MAX;
        c->records = must_have(realloc(c->records, c->bytes_max));
    }
    uint32_t *slot = cache_slot(c, record, bytes);
    memcpy(c->records + c->bytes, record, bytes);
    *slot = (uint32_t)c->bytes + 1;
    c->bytes += bytes;
    c->used++;
}

/* What only looks, and would see what it saw, is best done at once: it is in nobody's way. */
static unsigned place_looks(const struct search *s, union frontier *done, void *state)
{
    unsigned placed = 0;
    for (unsigned t = 0; t < s->h->threads; t++) {
        if (!is_ready(s, done, t))
            continue;
        const struct placed *p = &s->placed[t][done->of[t]];
        if (p->looks && linear_step(s->spec, s->h, state, &p->call)) {
            done->of[t]++;
            placed++;
            t = UINT_MAX; /* that may have made others ready */
        }
    }
    return placed;
}

static enum linear_answer extend(struct search *s, union frontier done, unsigned ordered,
                                 const void *from)
{
    _Alignas(uint64_t) unsigned char state[LINEAR_STATE_BYTES], after[LINEAR_STATE_BYTES];
    unsigned char record[RECORD_MAX];
    memcpy(state, from, s->spec->bytes(from));
    ordered += place_looks(s, &done, state);
    if (ordered > s->result.ordered) {
        s->result.ordered = ordered;
        memcpy(s->result.next, done.of, sizeof done.of);
    }
    if (ordered == s->result.calls)
        return LINEAR;

    size_t bytes = record_make(s, record, &done, state);
    if (s->cache.used && *cache_slot(&s->cache, record, bytes))
        return NOT_LINEAR;
    for (unsigned t = 0; t < s->h->threads; t++) {
        if (!is_ready(s, &done, t) || s->placed[t][done.of[t]].looks)
            continue;
        memcpy(after, state, s->spec->bytes(state));
        if (!linear_step(s->spec, s->h, after, &s->placed[t][done.of[t]].call))
            continue;
        union frontier next = done;
        next.of[t]++;
        enum linear_answer answer = extend(s, next, ordered + 1, after);
        if (answer != NOT_LINEAR)
            return answer;
    }
    if (s->result.states == s->states_max)
        return LINEAR_GAVE_UP;
    s->result.states++;
    cache_add(&s->cache, record, bytes);
    return NOT_LINEAR;
}

struct linear_result linear_check(const struct linear_spec *spec, const struct history *h,
                                  unsigned states_max)
{
    struct search s;
    s.spec = spec;
    s.h = h;
    s.states_max = states_max;
    s.cache = (struct cache){0};
    memset(s.got_by, 0, sizeof s.got_by);
    s.result = (struct linear_result){0};
    for (unsigned t = 0; t < h->threads; t++) {
        place_thread(&s, t);
        s.result.calls += h->thread[t].calls;
    }
    for (unsigned t = 0; t < h->threads; t++) {
        for (unsigned i = 0; i < h->thread[t].calls; i++)
            count_excuses(&s, &s.placed[t][i]);
    }
    _Alignas(uint64_t) unsigned char state[LINEAR_STATE_BYTES];
    spec->begin(h, state);
    s.result.answer = extend(&s, (union frontier){.all = 0}, 0, state);
    free(s.cache.records);
    free(s.cache.slot);
    return s.result;
}

static void print(const struct linear_spec *spec, const struct history *h,
                  const struct linear_result *r)
{
    uint64_t origin = UINT64_MAX;
    for (unsigned t = 0; t < h->threads; t++) {
        if (h->thread[t].calls && stamp_shown(&h->thread[t].call[0].called) < origin)
            origin = stamp_shown(&h->thread[t].call[0].called);
    }
    fprintf(stderr,
            "history of %u calls of a %s, limit %" PRIu32 ", start %" PRIu32
            "; * none of the longest order found, of %u\n",
            r->calls, spec->name, h->limit, h->start, r->ordered);
    for (unsigned t = 0; t < h->threads; t++) {
        for (unsigned i = 0; i < h->thread[t].calls; i++) {
            const struct history_call *c = &h->thread[t].call[i];
            fprintf(stderr,
                    " %c thread %u  %8" PRIu64 " to %8" PRIu64 " ns  %s(%" PRIu32
                    "): %s, got %" PRIu32 "\n",
                    i < r->next[t] ? ' ' : '*', t, stamp_shown(&c->called) - origin,
                    stamp_shown(&c->returned) - origin, spec->operations[c->what].name, c->argument,
                    c->error ? strerror(c->error) : "done", c->got);
        }
    }
}

const char *linear_verdict(const struct linear_spec *spec, struct history *h)
{
    struct linear_result r = linear_check(spec, h, LINEAR_STATES_MAX);
    h->undecided = r.answer == LINEAR_GAVE_UP;
    if (r.answer != NOT_LINEAR)
        return NULL;
    if (STAMP_TELLS)
        print(spec, h, &r);
    return "no order of the calls explains their answers: not linearizable";
}
