// SPDX-License-Identifier: MIT
/* program.h - one scenario of one implementation as a program for GenMC, the last thing that a kind's
 * file includes. scripts/genmc-check names the two in a file that it writes:
 *
 *     #include <contend/mutex/ticket.h>
 *     #define SUBJECT(suffix) ct_mutex_ticket##suffix
 *     #define SCENARIO(suffix) exclusion##suffix
 *     #define ENDS 1
 *     #include "stress/model/genmc/mutex.c"
 *
 * A scenario is enum { <name>_threads } and functions <name>_setup, alone, <name>_actor, and
 * <name>_verdict, alone again. With ENDS 0 the end is an error: is it reached at all? Protected data
 * is plain, so that GenMC reports races.
 */
#ifndef GENMC_PROGRAM_H
#define GENMC_PROGRAM_H

#include <assert.h>
#include <pthread.h>
#include <stdint.h>

static void *thread_begin(void *index)
{
    SCENARIO(_actor)((unsigned)(uintptr_t)index);
    return NULL;
}

int main(void)
{
    pthread_t thread[SCENARIO(_threads)];
    SCENARIO(_setup)();
    for (uintptr_t i = 0; i < SCENARIO(_threads); i++)
        pthread_create(&thread[i], NULL, thread_begin, (void *)i);
    for (unsigned i = 0; i < SCENARIO(_threads); i++)
        pthread_join(thread[i], NULL);
    SCENARIO(_verdict)();
    assert(ENDS);
    return 0;
}

#endif
