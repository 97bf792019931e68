// SPDX-License-Identifier: MIT
/* thread_local.c - the contract of contend/thread_local.h. */
#include "contract.h"

#include <contend/thread_local.h>
#include <contend/wait.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTS_MAX = 2000, MANY = 200, AGAIN = 5, LOCAL_ERRNO = 4242 };

/* An object, and what it was asked to make and unmake. */
struct local {
    const struct ct_thread_local_ops *ops;
    void *o;
    struct ct_u32 made, unmade, wrong;
    bool make_fails;
    struct local *uses; /* what unmaking asks for a value */
};

/* A value: what a connection would be. */
struct value {
    struct local *local;
    pthread_t maker;
    bool open;
};

static void *make(void *context)
{
    struct local *l = context;
    if (l->make_fails)
        return NULL;
    struct value *v = calloc(1, sizeof *v);
    if (!v)
        ct_panic("calloc", ENOMEM);
    *v = (struct value){.local = l, .maker = pthread_self(), .open = true};
    ct_u32_add_relaxed(&l->made, 1);
    return v;
}

static void unmake(void *value)
{
    struct value *v = value;
    struct local *l = v->local;
    if (!v->open || !pthread_equal(v->maker, pthread_self()))
        ct_u32_add_relaxed(&l->wrong, 1);
    v->open = false;
    ct_u32_add_relaxed(&l->unmade, 1);
    if (l->uses && !l->uses->ops->get(l->uses->o))
        ct_u32_add_relaxed(&l->wrong, 1);
    free(v);
}

static uint32_t count(const struct ct_u32 *c)
{
    return ct_u32_load_relaxed(c);
}

static int local_init(struct local *l, bool makes)
{
    errno = LOCAL_ERRNO;
    int error = l->ops->init(l->o, makes ? make : NULL, unmake, l);
    CONTRACT(errno == LOCAL_ERRNO);
    return error;
}

static struct local local_allocate(const void *ops)
{
    struct local l = {.ops = ops};
    l.o = malloc(l.ops->impl.size_bytes);
    if (!l.o)
        ct_panic("malloc", ENOMEM);
    memset(l.o, 0xa5, l.ops->impl.size_bytes);
    return l;
}

/* l must stay where it is: make is told its address. */
static void local_make(struct local *l, const void *ops)
{
    *l = local_allocate(ops);
    CONTRACT(local_init(l, true) == 0);
}

/* What the main thread has must go by hand. */
static void local_unmake(struct local *l)
{
    struct value *v = l->ops->get(l->o);
    CONTRACT(l->ops->set(l->o, NULL) == 0);
    free(v);
    l->ops->destroy(l->o);
    CONTRACT(count(&l->wrong) == 0);
    free(l->o);
}

static void in_a_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, argument) != 0)
        ct_panic("pthread_create", EAGAIN);
    pthread_join(thread, NULL);
}

static void *uses(void *argument)
{
    struct local *l = argument;
    errno = LOCAL_ERRNO;
    struct value *v = l->ops->get(l->o);
    bool right = v && v->open && pthread_equal(v->maker, pthread_self());
    for (int i = 0; i < AGAIN; i++)
        right &= l->ops->get(l->o) == v;
    if (!right || errno != LOCAL_ERRNO)
        ct_u32_add_relaxed(&l->wrong, 1);
    return NULL;
}

static void *uses_and_exits(void *argument)
{
    uses(argument);
    pthread_exit(NULL);
}

static void *uses_and_is_cancelled(void *argument)
{
    uses(argument);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return NULL;
}

static void *does_nothing(void *argument)
{
    return argument;
}

static void test_table(const void *ops)
{
    const struct ct_thread_local_ops *o = ops;
    CONTRACT(o->init && o->destroy && o->get && o->open && o->set);
    CONTRACT(o->impl.node_bytes == 0);
}

static void test_lazily(const void *ops)
{
    struct local l;
    local_make(&l, ops);
    CONTRACT(count(&l.made) == 0);
    in_a_thread(does_nothing, &l);
    CONTRACT(count(&l.made) == 0 && count(&l.unmade) == 0);
    uses(&l);
    CONTRACT(count(&l.made) == 1);
    uses(&l);
    CONTRACT(count(&l.made) == 1 && count(&l.unmade) == 0);
    local_unmake(&l);
}

static void test_thread_ends(const void *ops)
{
    struct local l;
    void *(*const ways[])(void *) = {uses, uses_and_exits, uses_and_is_cancelled};
    local_make(&l, ops);
    uses(&l);
    for (uint32_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        in_a_thread(ways[i], &l);
        CONTRACT(count(&l.made) == i + 2);
        CONTRACT(count(&l.unmade) == i + 1);
    }
    uses(&l);
    CONTRACT(count(&l.made) == 4);
    local_unmake(&l);
}

static void test_many_threads(const void *ops)
{
    struct local l;
    pthread_t threads[MANY];
    local_make(&l, ops);
    for (int i = 0; i < MANY; i++)
        if (pthread_create(&threads[i], NULL, uses, &l) != 0)
            ct_panic("pthread_create", EAGAIN);
    for (int i = 0; i < MANY; i++)
        pthread_join(threads[i], NULL);
    CONTRACT(count(&l.made) == MANY);
    CONTRACT(count(&l.unmade) == MANY);
    local_unmake(&l);
}

static void *opens_twice(void *argument)
{
    struct local *l = argument;
    struct value *mine = make(l), *other = make(l);
    bool right = l->ops->open(l->o, mine) == 0 && l->ops->open(l->o, other) == EEXIST &&
                 l->ops->open(l->o, mine) == EEXIST && l->ops->get(l->o) == mine;
    if (!right)
        ct_u32_add_relaxed(&l->wrong, 1);
    free(other);
    return NULL;
}

static void test_open(const void *ops)
{
    struct local l;
    local_make(&l, ops);
    in_a_thread(opens_twice, &l);
    CONTRACT(count(&l.made) == 2 && count(&l.unmade) == 1);
    uses(&l);
    CONTRACT(l.ops->open(l.o, &l) == EEXIST);
    uses(&l);
    local_unmake(&l);
}

static void *sets(void *argument)
{
    struct local *l = argument;
    struct value *first = l->ops->get(l->o), *second = make(l);
    bool right = l->ops->set(l->o, second) == 0 && l->ops->get(l->o) == second;
    right &= l->ops->set(l->o, NULL) == 0;
    struct value *third = l->ops->get(l->o);
    right &= third && third != first && third != second;
    if (!right)
        ct_u32_add_relaxed(&l->wrong, 1);
    free(first);
    free(second);
    return NULL;
}

static void *sets_nothing(void *argument)
{
    struct local *l = argument;
    free(l->ops->get(l->o));
    l->ops->set(l->o, NULL);
    return NULL;
}

static void test_set(const void *ops)
{
    struct local l;
    local_make(&l, ops);
    in_a_thread(sets, &l);
    CONTRACT(count(&l.made) == 3 && count(&l.unmade) == 1);
    in_a_thread(sets_nothing, &l);
    CONTRACT(count(&l.made) == 4 && count(&l.unmade) == 1);
    local_unmake(&l);
}

static void test_nothing_made(const void *ops)
{
    struct local l;
    local_make(&l, ops);
    l.make_fails = true;
    CONTRACT(l.ops->get(l.o) == NULL);
    l.make_fails = false;
    uses(&l);
    CONTRACT(count(&l.made) == 1);
    local_unmake(&l);

    struct local without = local_allocate(ops);
    CONTRACT(local_init(&without, false) == 0);
    CONTRACT(without.ops->get(without.o) == NULL);
    CONTRACT(without.ops->open(without.o, make(&without)) == 0);
    local_unmake(&without);
}

static void *uses_both(void *argument)
{
    struct local *both = argument;
    uses(&both[0]);
    uses(&both[1]);
    if (both[0].ops->get(both[0].o) == both[1].ops->get(both[1].o))
        ct_u32_add_relaxed(&both[0].wrong, 1);
    return NULL;
}

static void test_several(const void *ops)
{
    struct local both[2];
    local_make(&both[0], ops);
    local_make(&both[1], ops);
    in_a_thread(uses_both, both);
    for (int i = 0; i < 2; i++)
        CONTRACT(count(&both[i].made) == 1 && count(&both[i].unmade) == 1);
    local_unmake(&both[1]);
    local_unmake(&both[0]);
}

/* Unmaking the first's value asks the second for one, which must then be unmade too; in both orders. */
static void test_made_at_the_end(const void *ops)
{
    for (int first = 0; first < 2; first++) {
        struct local both[2];
        local_make(&both[0], ops);
        local_make(&both[1], ops);
        both[first].uses = &both[!first];
        in_a_thread(uses, &both[first]);
        for (int i = 0; i < 2; i++)
            CONTRACT(count(&both[i].made) == 1 && count(&both[i].unmade) == 1);
        both[first].uses = NULL;
        local_unmake(&both[1]);
        local_unmake(&both[0]);
    }
}

/* A later object does not find what a thread still has of an earlier one. */
static void test_again_in_same_memory(const void *ops)
{
    struct local l = local_allocate(ops);
    for (uint32_t i = 1; i <= AGAIN; i++) {
        CONTRACT(local_init(&l, true) == 0);
        struct value *kept = l.ops->get(l.o);
        CONTRACT(count(&l.made) == 2 * i - 1);
        in_a_thread(uses, &l);
        CONTRACT(count(&l.made) == 2 * i && count(&l.unmade) == i);
        l.ops->destroy(l.o);
        free(kept);
    }
    CONTRACT(count(&l.wrong) == 0);
    free(l.o);
}

static void test_exhaustion(const void *ops)
{
    static struct local many[OBJECTS_MAX];
    size_t objects = 0;
    int error = 0;
    while (error == 0 && objects < OBJECTS_MAX) {
        many[objects] = local_allocate(ops);
        error = local_init(&many[objects], true);
        objects++;
    }
    CONTRACT(error == EAGAIN);
    struct local *refused = &many[objects - 1], *first = &many[0];
    in_a_thread(uses, first);
    CONTRACT(count(&first->unmade) == 1);
    local_unmake(first);
    CONTRACT(local_init(refused, true) == 0);
    in_a_thread(uses, refused);
    CONTRACT(count(&refused->made) == 1 && count(&refused->unmade) == 1);
    for (size_t i = 1; i < objects; i++) {
        many[i].ops->destroy(many[i].o);
        free(many[i].o);
    }
}

static unsigned offers(const void *ops)
{
    (void)ops;
    return 0;
}

static const struct contract_operation operations[] = {{0, NULL}};

static const struct contract_test tests[] = {
    {"the table is complete", 0, NULL, test_table},
    {"a thread's value is made when it first asks", 0, NULL, test_lazily},
    {"it is unmade once, however the thread ends", 0, NULL, test_thread_ends},
    {"many threads, each its own, opened once, closed at its end", 0, NULL, test_many_threads},
    {"opening twice is an error", 0, NULL, test_open},
    {"set replaces, and leaves the former to the caller", 0, NULL, test_set},
    {"nothing made is no value", 0, NULL, test_nothing_made},
    {"several keep apart", 0, NULL, test_several},
    {"what unmaking makes is unmade", 0, NULL, test_made_at_the_end},
    {"destroy and init again in the same memory", 0, NULL, test_again_in_same_memory},
    {"there is an end to objects, until one is destroyed", 0, NULL, test_exhaustion},
    {NULL, 0, NULL, NULL},
};

const struct contract_kind contract_thread_local = {
    .kind = "thread_local",
    .required = "init destroy get open set",
    .operations = operations,
    .offers = offers,
    .tests = tests,
};
