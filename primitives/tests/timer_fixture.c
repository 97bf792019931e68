// SPDX-License-Identifier: MIT
#include "timer_fixture.h"

#include <stdlib.h>
#include <string.h>

enum { FILL = 0xa5 };

struct service service_make(const void *ops, uint32_t timers, bool own_thread)
{
    struct service service = {.ops = ops};
    size_t align = service.ops->impl.align_bytes, bytes = service.ops->impl.size_bytes;
    if (align < sizeof(void *))
        align = sizeof(void *);
    service.s = aligned_alloc(align, (bytes + align - 1) / align * align);
    if (!service.s)
        ct_panic("aligned_alloc", ENOMEM);
    memset(service.s, FILL, bytes);
    CONTRACT(service.ops->init(service.s, timers, own_thread) == 0);
    return service;
}

uint32_t service_unmake(struct service *service)
{
    uint32_t armed = service->ops->shutdown(service->s);
    service->ops->destroy(service->s);
    free(service->s);
    return armed;
}

int shot_start(struct shot *x, uint64_t deadline_ns)
{
    x->deadline_ns = deadline_ns;
    return x->of->ops->start(x->of->s, x->node, deadline_ns);
}

bool shot_cancel(struct shot *x)
{
    return x->of->ops->cancel(x->of->s, x->node);
}

void shot_fire(void *shot, uint64_t late_ns)
{
    struct shot *x = shot;
    x->at_ns = ct_now_ns();
    x->late_ns = late_ns;
    x->thread = pthread_self();
    if (x->at_ns < x->deadline_ns || x->at_ns - x->deadline_ns < late_ns)
        ct_u32_add_relaxed(&x->early, 1);
    ct_u32_store_release(&x->entered, 1);
    while (x->blocks && ct_u32_load_acquire(&x->let_go) == 0)
        ct_yield();
    if (x->restarts) {
        x->restarts = false;
        if (shot_start(x, x->deadline_ns) != 0)
            ct_u32_add_relaxed(&x->early, 1);
    }
    if (x->cancels)
        x->cancelled = shot_cancel(x);
    ct_u32_add_release(&x->fired, 1);
}

void shot_open(struct service *service, struct shot *x)
{
    memset(x, 0, sizeof *x);
    memset(x->node, FILL, sizeof x->node);
    x->of = service;
    CONTRACT(service->ops->open(service->s, x->node, shot_fire, x) == 0);
}

void shot_close(struct shot *x)
{
    x->of->ops->close(x->of->s, x->node);
}

void nap(uint64_t ns)
{
    const struct timespec t = {(time_t)(ns / CT_NS_PER_S), (long)(ns % CT_NS_PER_S)};
    nanosleep(&t, NULL);
}

void await(const struct shot *x, uint32_t times)
{
    while (ct_u32_load_acquire(&x->fired) < times)
        nap(MS / 10);
}
