// SPDX-License-Identifier: MIT
/* The model's own litmus tests, from its own source: fails if the outcome can be seen. The file that
 * scripts/genmc-check writes defines LITMUS, the place in the table. */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>

/* Named by the source, in what only the model calls. */
void *memset(void *memory, int value, size_t bytes);
int snprintf(char *text, size_t bytes, const char *format, ...);

#include "stress/model/litmus.c"

enum { THREADS_MAX = 4 };

struct litmus_state litmus_state;

static void *thread_begin(void *index)
{
    litmus_c11[LITMUS].actor((unsigned)(uintptr_t)index);
    return NULL;
}

int main(void)
{
    pthread_t thread[THREADS_MAX];
    unsigned threads = litmus_c11[LITMUS].threads;
    for (uintptr_t i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, thread_begin, (void *)i);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    assert(!litmus_c11[LITMUS].happened());
    return 0;
}
