// SPDX-License-Identifier: MIT
/* Who is let through sees what was done before the set; automatic events let one through for each. */
#include <assert.h>
#include <stdint.h>

#include <contend/cpu.h>

static const struct ct_event_ops *const ops = &SUBJECT(_ops);
static struct SUBJECT() event;
static unsigned data, through[3];
static struct ct_u32 news;

static void start(void (*init)(void *e))
{
    assert(ENDS || init != NULL); /* else there is nothing to check, and no end to reach */
    __VERIFIER_assume(init != NULL);
    init(&event);
}

static void set_data(void)
{
    data = 1;
    ops->set(&event);
}

static void wait_for_data(unsigned thread)
{
    ops->wait(&event);
    assert(data == 1);
    through[thread] = 1;
}

static void nothing(void)
{
}

/* Set once: two who wait go on, and find it still set. */
enum { manual_threads = 3 };
#define manual_verdict nothing
static void manual_setup(void)
{
    start(ops->init);
}
static void manual_actor(unsigned thread)
{
    if (thread == 0)
        set_data();
    else
        wait_for_data(thread);
}

/* Set, and cleared by another as soon as it is: nobody is forgotten. */
enum { cleared_threads = 2 };
#define cleared_setup manual_setup
#define cleared_verdict nothing
static void cleared_actor(unsigned thread)
{
    if (thread == 0) {
        ct_u32_store_relaxed(&news, 1);
        ops->set(&event);
    } else {
        ops->clear(&event);
        if (ct_u32_load_relaxed(&news) == 0) /* so the set comes after the clear */
            ops->wait(&event);
    }
}

/* Set again while set, cleared meanwhile: who clears sees what either set announced. */
enum { announced_threads = 2 };
#define announced_verdict nothing
static void announced_setup(void)
{
    manual_setup();
    ops->set(&event);
}
#define announced_actor cleared_actor

/* Each wait takes one set: a mutex. */
enum { exclusive_threads = 2 };
static void automatic_setup(void)
{
    start(ops->init_auto);
}
static void exclusive_setup(void)
{
    automatic_setup();
    ops->set(&event);
}
static void exclusive_actor(unsigned thread)
{
    ops->wait(&event);
    data++;
    through[thread] = 1;
    ops->set(&event);
}
static void exclusive_verdict(void)
{
    assert(data == 2);
}

/* Two sets by those who were let through: a relay. */
enum { relay_threads = 3 };
#define relay_setup automatic_setup
#define relay_verdict nothing
static void relay_actor(unsigned thread)
{
    if (thread == 0) {
        set_data();
    } else {
        wait_for_data(thread);
        ops->set(&event);
    }
}

#include "stress/model/genmc/program.h"
