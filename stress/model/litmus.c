// SPDX-License-Identifier: MIT
/* The tests' names and shapes are the literature's: Alglave, Maranget & Tautschnig, "Herding Cats",
   TOPLAS 36(2), 2014; the C11 answers: Lahav et al., "Repairing Sequential Consistency in C/C++11",
   PLDI 2017. */
#include "stress/model/litmus.h"

#include <contend/wait.h>

#include <stdio.h>
#include <string.h>

uint64_t litmus_happened;

struct litmus_state litmus_state;

#define x litmus_state.x
#define y litmus_state.y
#define turn litmus_state.turn
#define r litmus_state.r
#define inside litmus_state.inside

#define LOAD(cell, order) ct_u32_load_##order(&cell)
#define STORE(cell, value, order) ct_u32_store_##order(&cell, value)

/* Two threads: the first does one line, the second the other. */
#define TWO(name, first, second)                                                                   \
    static void name(unsigned thread)                                                              \
    {                                                                                              \
        if (thread == 0) {                                                                         \
            first;                                                                                 \
        } else {                                                                                   \
            second;                                                                                \
        }                                                                                          \
    }
#define HAPPENED(name, condition)                                                                  \
    static bool name(void)                                                                         \
    {                                                                                              \
        return condition;                                                                          \
    }
#define FINALLY(cell, value) (cell.raw == (value))

#define SB(name, store, load)                                                                      \
    TWO(name, (STORE(x, 1, store), r[0] = LOAD(y, load)),                                          \
        (STORE(y, 1, store), r[1] = LOAD(x, load)))
SB(sb_relaxed, relaxed, relaxed)
SB(sb_release, release, acquire)
SB(sb_seq_cst, seq_cst, seq_cst)
HAPPENED(both_old, r[0] == 0 && r[1] == 0)
TWO(sb_rmw, (ct_u32_exchange_acqrel(&x, 1), r[0] = LOAD(y, acquire)),
    (ct_u32_exchange_acqrel(&y, 1), r[1] = LOAD(x, acquire)))
TWO(sb_membarrier, (STORE(x, 1, relaxed), ct_compiler_barrier(), r[0] = LOAD(y, relaxed)),
    (STORE(y, 1, relaxed), ct_membarrier_rseq(), r[1] = LOAD(x, relaxed)))

#define MP(name, store, load)                                                                      \
    TWO(name, (STORE(x, 1, relaxed), STORE(y, 1, store)),                                          \
        (r[0] = LOAD(y, load), r[1] = LOAD(x, relaxed)))
MP(mp_relaxed, relaxed, relaxed)
MP(mp_release_only, release, relaxed)
MP(mp_acquire_only, relaxed, acquire)
MP(mp_release, release, acquire)
HAPPENED(new_then_old, r[0] == 1 && r[1] == 0)

static void mp_release_sequence(unsigned thread)
{
    if (thread == 0) {
        STORE(x, 1, relaxed);
        STORE(y, 1, release);
    } else if (thread == 1) {
        ct_u32_add_relaxed(&y, 1);
    } else {
        r[0] = LOAD(y, acquire);
        r[1] = LOAD(x, relaxed);
    }
}
HAPPENED(rmw_then_old, r[0] == 2 && r[1] == 0)

TWO(lb_relaxed, (r[0] = LOAD(x, relaxed), STORE(y, 1, relaxed)),
    (r[1] = LOAD(y, relaxed), STORE(x, 1, relaxed)))
TWO(lb_acquire, (r[0] = LOAD(x, acquire), STORE(y, 1, release)),
    (r[1] = LOAD(y, acquire), STORE(x, 1, release)))
HAPPENED(both_new, r[0] == 1 && r[1] == 1)

#define R(name, store, load)                                                                       \
    TWO(name, (STORE(x, 1, store), STORE(y, 1, store)), (STORE(y, 2, store), r[0] = LOAD(x, load)))
R(r_release, release, acquire)
R(r_seq_cst, seq_cst, seq_cst)
HAPPENED(last_but_old, FINALLY(y, 2) && r[0] == 0)

TWO(s_relaxed, (STORE(x, 2, relaxed), STORE(y, 1, relaxed)),
    (r[0] = LOAD(y, relaxed), STORE(x, 1, relaxed)))
TWO(s_release, (STORE(x, 2, relaxed), STORE(y, 1, release)),
    (r[0] = LOAD(y, acquire), STORE(x, 1, relaxed)))
HAPPENED(new_then_overtaken, r[0] == 1 && FINALLY(x, 2))

TWO(two_plus_two_relaxed, (STORE(x, 1, relaxed), STORE(y, 2, relaxed)),
    (STORE(y, 1, relaxed), STORE(x, 2, relaxed)))
TWO(two_plus_two_seq_cst, (STORE(x, 1, seq_cst), STORE(y, 2, seq_cst)),
    (STORE(y, 1, seq_cst), STORE(x, 2, seq_cst)))
HAPPENED(both_first_last, FINALLY(x, 1) && FINALLY(y, 1))

#define IRIW(name, store, load)                                                                    \
    static void name(unsigned thread)                                                              \
    {                                                                                              \
        switch (thread) {                                                                          \
        case 0:                                                                                    \
            STORE(x, 1, store);                                                                    \
            break;                                                                                 \
        case 1:                                                                                    \
            STORE(y, 1, store);                                                                    \
            break;                                                                                 \
        case 2:                                                                                    \
            r[0] = LOAD(x, load);                                                                  \
            r[1] = LOAD(y, load);                                                                  \
            break;                                                                                 \
        default:                                                                                   \
            r[2] = LOAD(y, load);                                                                  \
            r[3] = LOAD(x, load);                                                                  \
        }                                                                                          \
    }
IRIW(iriw_acquire, release, acquire)
IRIW(iriw_seq_cst, seq_cst, seq_cst)
HAPPENED(readers_disagree, r[0] == 1 && r[1] == 0 && r[2] == 1 && r[3] == 0)

TWO(corr, (STORE(x, 1, relaxed), STORE(x, 2, relaxed)),
    (r[0] = LOAD(x, relaxed), r[1] = LOAD(x, relaxed)))
HAPPENED(went_back, r[0] == 2 && r[1] != 2)

#define WRC(name, store, load)                                                                     \
    static void name(unsigned thread)                                                              \
    {                                                                                              \
        if (thread == 0) {                                                                         \
            STORE(x, 1, relaxed);                                                                  \
        } else if (thread == 1) {                                                                  \
            r[0] = LOAD(x, load);                                                                  \
            STORE(y, 1, store);                                                                    \
        } else {                                                                                   \
            r[1] = LOAD(y, load);                                                                  \
            r[2] = LOAD(x, relaxed);                                                               \
        }                                                                                          \
    }
WRC(wrc_relaxed, relaxed, relaxed)
WRC(wrc_release, release, acquire)
HAPPENED(wrc_lost, r[0] == 1 && r[1] == 1 && r[2] == 0)

/* Peterson's lock: both threads inside at once is store buffering in disguise. The visit to the shared
   cell inside is where the other thread may come in. */
#define PETERSON(name, flag_order, give_way)                                                       \
    static void name(unsigned thread)                                                              \
    {                                                                                              \
        struct ct_u32 *mine = thread ? &y : &x, *other = thread ? &x : &y;                         \
        ct_u32_store_##flag_order(mine, 1);                                                        \
        give_way;                                                                                  \
        while (ct_u32_load_acquire(other) && ct_u32_load_acquire(&turn) == 1 - thread)             \
            ct_pause();                                                                            \
        r[0] |= ++inside == 2;                                                                     \
        (void)ct_u32_load_relaxed(&turn);                                                          \
        inside--;                                                                                  \
        ct_u32_store_release(mine, 0);                                                             \
    }
PETERSON(peterson_release, release, ct_u32_store_release(&turn, 1 - thread))
PETERSON(peterson_seq_cst_turn, relaxed, ct_u32_store_seq_cst(&turn, 1 - thread))
PETERSON(peterson_rmw, relaxed, ct_u32_exchange_acqrel(&turn, 1 - thread))
HAPPENED(two_inside, r[0])

const struct litmus litmus_c11[] = {
    {"SB", "both loads see 0", ALLOWED_STALE, 2, sb_relaxed, both_old},
    {"SB+release+acquire", "both loads see 0", ALLOWED_STALE, 2, sb_release, both_old},
    {"SB+seq_cst", "both loads see 0", FORBIDDEN, 2, sb_seq_cst, both_old},
    {"SB+rmw", "both loads see 0", ALLOWED_STALE, 2, sb_rmw, both_old},
    {"SB+membarrier", "both loads see 0", FORBIDDEN, 2, sb_membarrier, both_old},
    {"MP", "flag seen, data not", ALLOWED_STALE, 2, mp_relaxed, new_then_old},
    {"MP+release", "flag seen, data not", ALLOWED_STALE, 2, mp_release_only, new_then_old},
    {"MP+acquire", "flag seen, data not", ALLOWED_STALE, 2, mp_acquire_only, new_then_old},
    {"MP+release+acquire", "flag seen, data not", FORBIDDEN, 2, mp_release, new_then_old},
    {"MP+release+rmw+acquire", "flag seen, data not", FORBIDDEN, 3, mp_release_sequence,
     rmw_then_old},
    {"LB", "both loads see 1", NOT_PRODUCED, 2, lb_relaxed, both_new},
    {"LB+acquire+release", "both loads see 1", FORBIDDEN, 2, lb_acquire, both_new},
    {"R+release+acquire", "last in y, x not seen", ALLOWED_STALE, 2, r_release, last_but_old},
    {"R+seq_cst", "last in y, x not seen", FORBIDDEN, 2, r_seq_cst, last_but_old},
    {"S", "store overtakes the one seen", NOT_PRODUCED, 2, s_relaxed, new_then_overtaken},
    {"S+release+acquire", "store overtakes the one seen", FORBIDDEN, 2, s_release,
     new_then_overtaken},
    {"2+2W", "both first stores last", NOT_PRODUCED, 2, two_plus_two_relaxed, both_first_last},
    {"2+2W+seq_cst", "both first stores last", FORBIDDEN, 2, two_plus_two_seq_cst, both_first_last},
    {"IRIW+release+acquire", "readers disagree", ALLOWED_STALE, 4, iriw_acquire, readers_disagree},
    {"IRIW+seq_cst", "readers disagree", FORBIDDEN, 4, iriw_seq_cst, readers_disagree},
    {"CoRR", "new, then old", FORBIDDEN, 2, corr, went_back},
    {"WRC", "passed on, then not seen", ALLOWED_STALE, 3, wrc_relaxed, wrc_lost},
    {"WRC+release+acquire", "passed on, then not seen", FORBIDDEN, 3, wrc_release, wrc_lost},
    {"Peterson+release", "two inside", ALLOWED_STALE, 2, peterson_release, two_inside},
    {"Peterson+seq_cst-turn", "two inside", ALLOWED_STALE, 2, peterson_seq_cst_turn, two_inside},
    {"Peterson+rmw-turn", "two inside", FORBIDDEN, 2, peterson_rmw, two_inside},
    {NULL, NULL, ALLOWED, 0, NULL, NULL},
};

static void setup(void *context)
{
    (void)context;
    memset(&litmus_state, 0, sizeof litmus_state);
}

static void body(void *context, unsigned thread)
{
    ((const struct litmus *)context)->actor(thread);
}

static const char *verdict(void *context)
{
    litmus_happened += ((const struct litmus *)context)->happened();
    return NULL;
}

static const char *volatile *broken(void *context, unsigned thread)
{
    (void)context;
    (void)thread;
    return NULL;
}

static void name(void *context, const void *address, char *text, size_t bytes)
{
    (void)context;
    snprintf(text, bytes, "%s",
             address == &x      ? "x"
             : address == &y    ? "y"
             : address == &turn ? "turn"
                                : "");
}

struct program litmus_program(const struct litmus *l)
{
    litmus_happened = 0;
    return (struct program){.context = (void *)(uintptr_t)l,
                            .threads = l->threads,
                            .setup = setup,
                            .body = body,
                            .verdict = verdict,
                            .broken = broken,
                            .name = name};
}
