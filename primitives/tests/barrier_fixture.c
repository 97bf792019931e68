// SPDX-License-Identifier: MIT
#include "barrier_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD_BYTES = 64 };

int barrier_init(struct barrier_fixture *f, uint32_t parties)
{
    errno = BARRIER_ERRNO;
    int error = f->ops->init(f->b, parties, f->nodes);
    CONTRACT(errno == BARRIER_ERRNO);
    return error;
}

static void *allocate(size_t bytes)
{
    size_t whole = (bytes + CT_APART_BYTES - 1) / CT_APART_BYTES * CT_APART_BYTES;
    void *memory = aligned_alloc(CT_APART_BYTES, whole);
    if (!memory)
        ct_panic("aligned_alloc", ENOMEM);
    memset(memory, BARRIER_FILL, whole);
    return memory;
}

struct barrier_fixture barrier_make(const void *ops, uint32_t parties)
{
    struct barrier_fixture f = {.ops = ops, .parties = parties};
    size_t align = f.ops->impl.align_bytes;
    size_t offset = GUARD_BYTES + align - GUARD_BYTES % align;
    f.memory = allocate(offset + f.ops->impl.size_bytes + GUARD_BYTES);
    f.b = f.memory + offset;
    f.nodes = f.ops->impl.node_bytes ? allocate(f.ops->impl.node_bytes * parties) : NULL;
    CONTRACT(barrier_init(&f, parties) == 0);
    return f;
}

void barrier_destroy(struct barrier_fixture *f)
{
    if (!f->ops->destroy)
        return;
    errno = BARRIER_ERRNO;
    f->ops->destroy(f->b);
    CONTRACT(errno == BARRIER_ERRNO);
}

void barrier_unmake(struct barrier_fixture *f)
{
    barrier_destroy(f);
    bool guards_intact = true;
    for (unsigned char *p = f->memory; p < f->b; p++)
        guards_intact &= *p == BARRIER_FILL;
    for (unsigned i = 0; i < GUARD_BYTES; i++)
        guards_intact &= f->b[f->ops->impl.size_bytes + i] == BARRIER_FILL;
    CONTRACT(guards_intact);
    free(f->nodes);
    free(f->memory);
}

int barrier_wait(struct barrier_fixture *f, uint32_t index)
{
    errno = BARRIER_ERRNO;
    int result = f->ops->wait(f->b, index);
    CONTRACT(errno == BARRIER_ERRNO);
    return result;
}

int barrier_timedwait(struct barrier_fixture *f, uint32_t index, uint64_t deadline_ns)
{
    errno = BARRIER_ERRNO;
    int result = f->ops->timedwait(f->b, index, deadline_ns);
    CONTRACT(errno == BARRIER_ERRNO);
    return result;
}

void barrier_abort(struct barrier_fixture *f)
{
    errno = BARRIER_ERRNO;
    f->ops->abort(f->b);
    CONTRACT(errno == BARRIER_ERRNO);
}

void barrier_reset(struct barrier_fixture *f)
{
    errno = BARRIER_ERRNO;
    f->ops->reset(f->b);
    CONTRACT(errno == BARRIER_ERRNO);
}

/* True: let through. */
static bool party_wait(struct party *p)
{
    const struct ct_barrier_ops *o = p->f->ops;
    p->result = p->deadline_ns ? o->timedwait(p->f->b, p->index, p->deadline_ns)
                               : o->wait(p->f->b, p->index);
    p->serials += p->result == CT_BARRIER_SERIAL;
    return p->result == 0 || p->result == CT_BARRIER_SERIAL;
}

void party_run(struct party *p)
{
    errno = BARRIER_ERRNO;
    bool through = true;
    for (uint32_t phase = 1; through && phase <= p->phases; phase++) {
        if (p->written)
            p->written[p->index] = phase;
        through = party_wait(p);
        if (!through || !p->written)
            continue;
        for (uint32_t i = 0; i < p->f->parties; i++)
            p->mixed += p->written[i] != phase;
        through = party_wait(p);
    }
    p->errno_kept = errno == BARRIER_ERRNO;
    ct_u32_store_release(&p->done, 1);
}

static void *thread_run(void *argument)
{
    struct party *p = argument;
    ct_u32_store_release(&p->came, (uint32_t)gettid());
    party_run(p);
    return NULL;
}

void party_start(struct party *p)
{
    if (pthread_create(&p->thread, NULL, thread_run, p) != 0)
        ct_panic("pthread_create", EAGAIN);
}

void party_join(struct party *p)
{
    pthread_join(p->thread, NULL);
    CONTRACT(p->errno_kept);
    CONTRACT(p->mixed == 0);
}

bool party_done(const struct party *p)
{
    return ct_u32_load_acquire(&p->done) != 0;
}

static bool sleeps(uint32_t thread)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/self/task/%u/stat", thread);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *state = strrchr(text, ')');
    return state && state[1] == ' ' && state[2] == 'S';
}

void party_settle(const struct party *p)
{
    enum { TURN_NS = 200000, SPUN_NS = 2000000 };
    struct timespec t;
    while (!party_done(p)) {
        uint32_t thread = ct_u32_load_acquire(&p->came);
        clockid_t clock;
        if (thread != 0 && (sleeps(thread) || (pthread_getcpuclockid(p->thread, &clock) == 0 &&
                                               clock_gettime(clock, &t) == 0 &&
                                               (t.tv_sec > 0 || t.tv_nsec > SPUN_NS))))
            return;
        nanosleep(ct_timespec(&t, TURN_NS), NULL);
    }
}

void parties_start(struct party *p, struct barrier_fixture *f, uint32_t count, struct party like)
{
    for (uint32_t i = 0; i < count; i++) {
        p[i] = like;
        p[i].f = f;
        p[i].index = i;
        party_start(&p[i]);
    }
}

uint32_t parties_join(struct party *p, uint32_t count, bool broken)
{
    uint32_t serials = 0;
    for (uint32_t i = 0; i < count; i++) {
        party_join(&p[i]);
        CONTRACT((p[i].result == ECANCELED) == broken);
        CONTRACT(broken || p[i].result == 0 || p[i].result == CT_BARRIER_SERIAL);
        serials += p[i].serials;
    }
    return serials;
}

void barrier_run_phases(struct barrier_fixture *f, uint32_t phases)
{
    uint32_t written[BARRIER_PARTIES_MAX] = {0}, last = f->parties - 1;
    struct party p[BARRIER_PARTIES_MAX];
    struct party like = {.phases = phases, .written = written}, here = like;
    parties_start(p, f, last, like);
    here.f = f;
    here.index = last;
    party_run(&here);
    CONTRACT(here.errno_kept && here.mixed == 0);
    CONTRACT(here.serials + parties_join(p, last, false) == 2 * phases);
}
