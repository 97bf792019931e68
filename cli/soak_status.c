// SPDX-License-Identifier: MIT
#include "cli/soak.h"

#include "support/clock.h"
#include "support/fail.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const uint64_t show_ns = NS_PER_S / 2;
static const uint64_t own_look_ns = NS_PER_S;

uint64_t soak_elapsed_ns(const struct soak *s)
{
    return s->elapsed_before_ns + (clock_ns() - s->start_ns);
}

bool soak_interrupted(const struct soak *s)
{
    return campaign_interrupted(s->campaign);
}

static char *status_text(struct soak *s)
{
    char share[32] = "-";
    leak_look(getpid(), &s->own_last);
    if (!isnan(s->share_least))
        snprintf(share, sizeof share, "%.0f %%", s->share_least / 10);
    return must_printf(
        "%" PRIu64 " slices, %.3g operations, %" PRIu64
        " violations, longest wait %s, least share %s, %.0f MB, %" PRIu64 " descriptors; %s",
        s->asked.slices, (double)s->operations, s->asked.violations,
        duration_format((double)s->wait_ns_max).text, share,
        (double)s->own_last.holds[LEAK_MEMORY] / 1e6, s->own_last.holds[LEAK_DESCRIPTORS], s->now);
}

static void show(struct soak *s, uint64_t now_ns)
{
    if (!s->progress.shown || now_ns < s->show_next_ns)
        return;
    s->show_next_ns = now_ns + show_ns;
    char *text = status_text(s);
    progress_show(&s->progress, (double)soak_elapsed_ns(s), (double)s->asked.duration_ns, text);
    free(text);
}

static void sample(struct soak *s)
{
    leak_look(getpid(), &s->own_last);
    s->asked.elapsed_ns = soak_elapsed_ns(s);
    struct store_soak_sample row = {
        .elapsed_ns = s->asked.elapsed_ns,
        .slices = s->asked.slices,
        .operations = s->operations,
        .violations = s->asked.violations,
        .wait_ns_max = s->wait_ns_max,
        .share_least = s->share_least,
        .memory_bytes = s->own_last.holds[LEAK_MEMORY],
        .threads = s->own_last.holds[LEAK_THREADS],
        .descriptors = s->own_last.holds[LEAK_DESCRIPTORS],
    };
    store_soak_sample(s->store, s->run, &s->asked, &row);
    s->sample_next_ns = clock_ns() + s->asked.sample_ns;
}

static void write_log(struct soak *s, uint64_t now_ns)
{
    if (s->progress.shown || now_ns < s->log_next_ns)
        return;
    s->log_next_ns = now_ns + s->log_ns;
    char *text = status_text(s), at[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    uint64_t elapsed_ns = soak_elapsed_ns(s);
    uint64_t left_ns = elapsed_ns < s->asked.duration_ns ? s->asked.duration_ns - elapsed_ns : 0;
    complain("soak: %s, %s, %s left: %s", at, duration_format((double)elapsed_ns).text,
             duration_format((double)left_ns).text, text);
    free(text);
}

void soak_tick(void *soak)
{
    struct soak *s = soak;
    uint64_t now_ns = clock_ns();
    if (s->child)
        leak_watch_tick(&s->child_watch, s->child);
    leak_watch_tick(&s->own_watch, getpid());
    show(s, now_ns);
    write_log(s, now_ns);
    if (now_ns >= s->sample_next_ns)
        sample(s);
}

void soak_status_start(struct soak *s)
{
    leak_look(getpid(), &s->own_first);
    s->own_last = s->own_first;
    leak_watch_start(&s->own_watch, own_look_ns);
    s->log_next_ns = s->start_ns + s->log_ns;
    s->sample_next_ns = s->start_ns + s->asked.sample_ns;
    progress_start(&s->progress);
    s->progress.start_ns = s->start_ns - s->elapsed_before_ns; /* the time of before counts too */
}

void soak_status_end(struct soak *s)
{
    progress_clear(&s->progress);
    sample(s);
}
