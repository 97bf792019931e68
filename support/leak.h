// SPDX-License-Identifier: MIT
/* leak.h - what a process holds over time, and whether it leaks.
 *
 * The rule: the first quarter of the time is warm-up. Over the rest, the median of the slopes between
 * every two looks (Theil and Sen's) is taken for all of that time. A process leaks if this growth is
 * more than the tolerance, and if nine of ten pairs grew: a few steps, however high, and noise, however
 * wide, are no leak. */
#ifndef SUPPORT_LEAK_H
#define SUPPORT_LEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum leak_resource { LEAK_MEMORY, LEAK_THREADS, LEAK_DESCRIPTORS, LEAK_RESOURCES };

struct leak_look {
    uint64_t at_ns;
    uint64_t holds[LEAK_RESOURCES]; /* bytes resident, threads, descriptors */
};

/* Bounded, however long it lasts: when it is full, every second look is dropped and the interval
   doubles. */
enum { LEAK_LOOKS = 128 };
struct leak_watch {
    uint64_t interval_ns, next_ns;
    size_t count;
    struct leak_look looks[LEAK_LOOKS];
};

/* What the process holds now; false if it cannot be seen, or is ending. */
bool leak_look(pid_t pid, struct leak_look *look);

/* From now on, at first every interval_ns. */
void leak_watch_start(struct leak_watch *w, uint64_t interval_ns);
/* Look if it is time; cheap if it is not. */
void leak_watch_tick(struct leak_watch *w, pid_t pid);
void leak_watch_add(struct leak_watch *w, const struct leak_look *look);

/* "descriptors: 40 more in 20s, ...", to be freed; NULL: no leak, or too few looks to tell. */
char *leak_found(const struct leak_watch *w, const uint64_t tolerance[LEAK_RESOURCES]);

#endif
