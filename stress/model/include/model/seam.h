// SPDX-License-Identifier: MIT
/* seam.h - what the model's headers ask of its engine. Every call is a visible operation, a place
   where the scheduler may let another thread go first, unless it says otherwise; site is "file:line". */
#ifndef MODEL_SEAM_H
#define MODEL_SEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_TEXT_(x) #x
#define MODEL_TEXT(x) MODEL_TEXT_(x)
#define MODEL_SITE __FILE__ ":" MODEL_TEXT(__LINE__)

enum model_order { MODEL_RELAXED, MODEL_ACQUIRE, MODEL_RELEASE, MODEL_ACQREL, MODEL_SEQ_CST };
enum model_rmw { MODEL_EXCHANGE, MODEL_ADD, MODEL_SUB, MODEL_OR, MODEL_AND };

/* Cells: bytes is 4 or 8. */
uint64_t model_load(const void *cell, unsigned bytes, enum model_order order, const char *site);
void model_store(void *cell, unsigned bytes, uint64_t value, enum model_order order,
                 const char *site);
uint64_t model_rmw(void *cell, unsigned bytes, enum model_rmw how, uint64_t operand,
                   enum model_order order, const char *site); /* the old value */
bool model_cas(void *cell, unsigned bytes, uint64_t *seen, uint64_t value, enum model_order order,
               const char *site);
bool model_rseq_cmpstore(void *cell, uint64_t expect, uint64_t value, const char *site);

/* Sleeping and waking; a deadline of UINT64_MAX never comes. */
int model_wait(const void *cell, uint32_t seen, uint64_t deadline_ns, const char *site);
void model_wake(const void *cell, int threads, const char *site);
bool model_requeue(const void *cell, uint32_t seen, int threads, const void *to, const char *site);
int model_pi_lock(void *cell, uint64_t deadline_ns, const char *site);
void model_pi_unlock(void *cell, const char *site);
void model_membarrier(bool restarts, const char *site); /* restartable stores as well? */

/* Not visible operations. */
void model_pause(const char *site);   /* wait until something this thread has read changes */
void model_backoff(const char *site); /* an attempt failed; waits for nobody */
uint64_t model_now_ns(void);
uint32_t model_thread_id(void);
void model_clocks(int16_t *clock);     /* of each thread: what happens before this point */
bool model_membarrier_usable(void);    /* by this kernel: both are tried */
bool model_look_again(unsigned looks); /* after looks looks that found nothing, another one? */
_Noreturn void model_panic(const char *what);

/* Memory of one execution; NULL: no more. */
void *model_alloc(size_t align_bytes, size_t bytes);
void model_free(void *address, const char *site);

/* Protected plain data with what the race check knows about it (Flanagan & Freund, "FastTrack", PLDI
   2009). An epoch is an execution, a thread and the thread's clock in one number: the same epoch again
   needs no second look. Of the reads since the last write only the last is kept, as long as each was
   ordered after the one before. */
enum { MODEL_THREADS_MAX = 8 };
struct model_plain {
    uint64_t value;
    uint64_t write_epoch, read_epoch;      /* of the last access */
    uint64_t shared;                       /* the execution in which read_clock is valid */
    int16_t read_clock[MODEL_THREADS_MAX]; /* reads that were not ordered */
};
uint64_t model_plain_read(const struct model_plain *p, const char *site);
void model_plain_write(struct model_plain *p, uint64_t value, const char *site);

#endif
