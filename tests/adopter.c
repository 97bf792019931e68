// SPDX-License-Identifier: MIT
/* A program of somebody who took one mutex home: two threads count with it. */
#include ADOPTED

#include <pthread.h>
#include <stdio.h>

enum { ROUNDS = 100000 };

static struct ct_mutex_futex_rseq mutex = CT_MUTEX_FUTEX_RSEQ_INIT;
static unsigned long count;

static void *work(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        ct_mutex_futex_rseq_lock(&mutex);
        count++;
        ct_mutex_futex_rseq_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t other;
    if (pthread_create(&other, NULL, work, NULL) != 0)
        return 1;
    work(NULL);
    pthread_join(other, NULL);
    printf("%lu\n", count);
    return count == 2 * ROUNDS ? 0 : 1;
}
