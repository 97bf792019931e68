// SPDX-License-Identifier: MIT
/* Everything that the model can find wrong with a program, in a program that does it wrong; each is
   found again from its decisions. And the twins that do it right are not accused. */
#include "stress/model/guard.h"
#include "stress/model/search.h"
#include "tests/check.h"

#include <contend/alloc.h>
#include <contend/wait.h>
#include <stress/cell.h>

#include <stdlib.h>
#include <string.h>

static struct state {
    struct ct_u32 x, y;
    struct ct_ptr shared;
    struct cell data;
} s;
static const char *volatile noted[MODEL_THREADS_MAX];
static unsigned outlives; /* on purpose */

static void race(unsigned thread)
{
    cell_write(&s.data, thread);
}

static void no_race(unsigned thread)
{
    if (thread == 0) {
        cell_write(&s.data, 1);
        ct_u32_store_release(&s.x, 1);
    } else if (ct_u32_load_acquire(&s.x)) {
        cell_write(&s.data, 2);
    }
}

static void sleeps_for_ever(unsigned thread)
{
    if (thread == 0)
        while (ct_u32_load_relaxed(&s.x) == 0)
            ct_wait(&s.x, 0, CT_FOREVER);
    else
        ct_u32_store_relaxed(&s.x, 1);
}

static void sleeps_and_is_woken(unsigned thread)
{
    sleeps_for_ever(thread);
    if (thread == 1)
        ct_wake(&s.x, 1);
}

static void awaits_for_ever(unsigned thread)
{
    while (thread == 0 && ct_u32_load_relaxed(&s.x) == 0)
        ct_pause();
}

/* The value that it waits for is there for a moment only. */
static void awaits_a_moment(unsigned thread)
{
    if (thread == 0) {
        while (ct_u32_load_relaxed(&s.x) != 1)
            ct_pause();
    } else {
        ct_u32_store_relaxed(&s.x, 1);
        ct_u32_store_relaxed(&s.x, 2);
    }
}

/* Waits for plain data under a lock that is free again by the time it looks; and where two wait for a
   third, they wake each other again and again. */
static void takes_turns(unsigned thread)
{
    for (;;) {
        while (ct_u32_exchange_acquire(&s.x, 1))
            ct_pause();
        uint64_t turn = cell_read(&s.data);
        if (turn == thread)
            cell_write(&s.data, turn + 1);
        ct_u32_store_release(&s.x, 0);
        if (turn == thread)
            return;
        ct_pause();
    }
}

/* Not a wait that the model knows, but one that a fair scheduler ends. */
static void yields_until(unsigned thread)
{
    if (thread == 1)
        ct_u32_store_relaxed(&s.x, 1);
    while (ct_u32_add_relaxed(&s.x, 0) == 0)
        ct_yield();
}

static void spins_without_pause(unsigned thread)
{
    while (thread == 0 && ct_u32_load_relaxed(&s.x) == 0)
        ;
}

static void pauses_without_look(unsigned thread)
{
    while (thread == 0 && s.x.raw == 0)
        ct_pause();
}

/* A bounded wait that gives up is no deadlock although nobody ever answers. */
static void gives_up(unsigned thread)
{
    for (unsigned i = 0; thread == 0 && i < 20 && ct_u32_load_relaxed(&s.x) == 0; i++)
        ct_pause();
}

static void waits_until_a_time(unsigned thread)
{
    uint64_t deadline_ns = ct_now_ns() + 1000;
    while (thread == 0 && ct_u32_load_relaxed(&s.x) == 0 && ct_now_ns() < deadline_ns)
        ct_pause();
}

/* In the first page, which nobody may map; not NULL, which a sanitizer would meet first. */
static volatile uint32_t *const volatile nowhere = (volatile uint32_t *)64;

static void crashes(unsigned thread)
{
    if (thread == 1 && ct_u32_load_relaxed(&s.x) == 0)
        *nowhere = 1;
}

static void aborts(unsigned thread)
{
    if (thread == 1 && ct_u32_add_relaxed(&s.x, 1) == 0)
        abort();
}

static void overflows(unsigned thread)
{
    for (unsigned i = 0; i < 200; i++)
        ct_u32_store_relaxed(&s.x, i + thread);
}

static void gives_back_what_it_has_not(unsigned thread)
{
    if (thread == 0)
        ct_pi_unlock(&s.x);
}

static void panics(unsigned thread)
{
    if (thread == 1 && ct_u32_load_relaxed(&s.x) == 0)
        ct_panic("futex of the test", 0);
}

static void notes_a_broken_claim(unsigned thread)
{
    if (ct_u32_add_relaxed(&s.x, 1) == 1)
        noted[thread] = "came second";
    ct_u32_load_relaxed(&s.y);
}

static void is_not_deterministic(unsigned thread)
{
    for (unsigned i = outlives++ % 5; i < 5; i++)
        ct_u32_add_relaxed(thread ? &s.x : &s.y, 1);
    ct_u32_load_relaxed(&s.x);
    ct_u32_load_relaxed(&s.y);
}

/* Allocated by one thread, told to the other. */
static void allocates(void)
{
    struct ct_u32 *cell = (struct ct_u32 *)ct_alloc(sizeof *cell, sizeof *cell);
    ct_u32_store_relaxed(cell, 1);
    ct_ptr_store_release(&s.shared, cell);
}

static void frees_what_is_used(unsigned thread)
{
    if (thread == 0)
        allocates();
    struct ct_u32 *cell = (struct ct_u32 *)ct_ptr_load_acquire(&s.shared);
    if (cell)
        ct_u32_add_relaxed(cell, 1);
    if (thread == 0)
        ct_free(cell);
}

static void leaks(unsigned thread)
{
    if (thread == 0)
        allocates();
    else
        ct_free(ct_ptr_exchange_acqrel(&s.shared, NULL));
}

static void frees_twice(unsigned thread)
{
    if (thread == 0)
        allocates();
    else
        while (!ct_ptr_load_acquire(&s.shared))
            ct_pause();
    ct_free(ct_ptr_load_acquire(&s.shared));
}

static void frees_once(unsigned thread)
{
    if (thread == 0)
        allocates();
    ct_free(ct_ptr_exchange_acqrel(&s.shared, NULL));
}

static const struct row {
    const char *name;
    void (*body)(unsigned thread);
    const char *failure; /* part of what is said; NULL: none */
} rows[] = {
    {"race", race, "data race"},
    {"ordered by release and acquire", no_race, NULL},
    {"sleeps for ever", sleeps_for_ever, "lost wake-up"},
    {"sleeps and is woken", sleeps_and_is_woken, NULL},
    {"awaits for ever", awaits_for_ever, "deadlock: a thread waits"},
    {"awaits a moment", awaits_a_moment, "deadlock: a thread waits"},
    {"takes turns", takes_turns, NULL},
    {"yields until", yields_until, NULL},
    {"spins without pause", spins_without_pause, "livelock"},
    {"pauses without look", pauses_without_look, "livelock"},
    {"gives up", gives_up, NULL},
    {"waits until a time", waits_until_a_time, NULL},
    {"crashes", crashes, "crash"},
    {"aborts", aborts, "crash: abort"},
    {"overflows", overflows, "more stores than"},
    {"gives back what it has not", gives_back_what_it_has_not, "does not own"},
    {"panics", panics, "futex of the test"},
    {"notes a broken claim", notes_a_broken_claim, "came second"},
    {"frees what is used", frees_what_is_used, "used after it was freed"},
    {"leaks", leaks, "a leak"},
    {"frees twice", frees_twice, "memory: "},
    {"frees once", frees_once, NULL},
    {"is not deterministic", is_not_deterministic, "not deterministic"},
};

static void setup(void *context)
{
    (void)context;
    memset(&s, 0, sizeof s);
    memset((void *)(uintptr_t)noted, 0, sizeof noted);
}

static void body(void *context, unsigned thread)
{
    ((const struct row *)context)->body(thread);
}

static const char *verdict(void *context)
{
    (void)context;
    return NULL;
}

static const char *volatile *broken(void *context, unsigned thread)
{
    (void)context;
    return &noted[thread];
}

int main(void)
{
    static struct search_result r;
    static const int modes[] = {EXHAUSTIVE, PREEMPTION, RANDOM, PCT};
    guard_install();
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct program p = {.context = (void *)(uintptr_t)&rows[i],
                            .threads = 2,
                            .setup = setup,
                            .body = body,
                            .verdict = verdict,
                            .broken = broken};
        bool repeatable = rows[i].body != is_not_deterministic;
        for (unsigned m = 0; m < (repeatable ? sizeof modes / sizeof *modes : 1); m++) {
            search(&p, &(struct search_plan){modes[m], STALE_AUTO, false, 0.02, 1}, &r);
            const char *mode = search_mode_name(modes[m]);
            if (!rows[i].failure) {
                CHECK(r.outcome == COMPLETE, "%s, %s: accused of %s", rows[i].name, mode,
                      r.failure);
                CHECK(r.complete > 0, "%s, %s: nothing was checked", rows[i].name, mode);
                continue;
            }
            CHECK(r.outcome == FAILED, "%s, %s: not found", rows[i].name, mode);
            if (r.outcome != FAILED)
                continue;
            CHECK(strstr(r.failure, rows[i].failure), "%s, %s: said %s", rows[i].name, mode,
                  r.failure);
            if (!repeatable)
                continue;
            search_shrink(&p, &r);
            CHECK(strstr(r.failure, rows[i].failure), "%s, %s: replay said %s", rows[i].name, mode,
                  r.failure);
        }
    }
    return check_result("model failures");
}
