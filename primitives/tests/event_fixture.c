// SPDX-License-Identifier: MIT
#include "event_fixture.h"

void event_begin(struct event_subject *s, bool auto_reset)
{
    FENCED_ERRNO_KEPT(auto_reset ? s->ops->init_auto(s->e) : s->ops->init(s->e));
}

void event_end(struct event_subject *s)
{
    if (s->ops->destroy)
        FENCED_ERRNO_KEPT(s->ops->destroy(s->e));
}

struct event_subject event_make(const void *ops, bool auto_reset)
{
    struct event_subject s = {.ops = ops};
    s.fenced = fenced_make(&s.ops->impl);
    s.e = s.fenced.object;
    event_begin(&s, auto_reset);
    return s;
}

void event_unmake(struct event_subject *s)
{
    event_end(s);
    fenced_unmake(&s->fenced);
}

void event_set(struct event_subject *s)
{
    FENCED_ERRNO_KEPT(s->ops->set(s->e));
}

void event_clear(struct event_subject *s)
{
    FENCED_ERRNO_KEPT(s->ops->clear(s->e));
}

void event_wait_for(struct event_subject *s)
{
    FENCED_ERRNO_KEPT(s->ops->wait(s->e));
}

int event_timedwait(struct event_subject *s, uint64_t deadline_ns)
{
    int error;
    FENCED_ERRNO_KEPT(error = s->ops->timedwait(s->e, deadline_ns));
    return error;
}

bool event_is_set(const struct event_subject *s)
{
    bool answer;
    FENCED_ERRNO_KEPT(answer = s->ops->is_set(s->e));
    return answer;
}

static void *waiter_run(void *argument)
{
    struct event_waiter *w = argument;
    errno = FENCED_ERRNO;
    if (w->deadline_ns)
        w->error = w->s->ops->timedwait(w->s->e, w->deadline_ns);
    else
        w->s->ops->wait(w->s->e);
    w->errno_kept = errno == FENCED_ERRNO;
    if (w->shared)
        w->found = *w->shared;
    ct_u32_store_release(&w->done, 1);
    return NULL;
}

void event_start(struct event_waiter *w)
{
    if (pthread_create(&w->thread, NULL, waiter_run, w) != 0)
        ct_panic("pthread_create", EAGAIN);
}

void event_start_all(struct event_waiter *w, struct event_subject *s)
{
    for (int i = 0; i < EVENT_WAITERS; i++) {
        w[i] = (struct event_waiter){.s = s};
        event_start(&w[i]);
    }
}

void event_join(struct event_waiter *w)
{
    pthread_join(w->thread, NULL);
    CONTRACT(w->errno_kept);
    CONTRACT(w->error == 0);
}

unsigned event_done(const struct event_waiter *w, unsigned count)
{
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++)
        n += ct_u32_load_acquire(&w[i].done);
    return n;
}

void event_await(const struct event_waiter *w, unsigned count, unsigned wanted)
{
    while (event_done(w, count) < wanted)
        fenced_sleep_ns(100000);
}
