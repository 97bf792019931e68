// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this share of discarded trials nothing is recommended. */
static const double unreliable_share = 0.20;
/* Worth a warning: less than this of the reference's throughput. */
static const double cliff_ratio = 0.5;
enum { NAMES_MAX = 5 };

struct tally {
    const char *impl;
    unsigned wins;
};

/* Decided wins of each implementation where threads have a CPU each, or where they have not. */
static unsigned wins_count(const struct view_kind *kind, bool oversubscribed, struct tally *tallies,
                           unsigned *groups)
{
    unsigned decided = 0;
    *groups = 0;
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t i = 0; i < kind->panels[p].group_count; i++) {
            const struct view_group *g = &kind->panels[p].groups[i];
            if (g->oversubscribed != oversubscribed || !g->best)
                continue;
            ++*groups;
            decided += g->decided;
            for (size_t k = 0; k < kind->impl_count && g->decided; k++)
                tallies[k].wins += strcmp(tallies[k].impl, g->best->impl) == 0;
        }
    }
    return decided;
}

static int by_wins(const void *a, const void *b)
{
    const struct tally *x = a, *y = b;
    return (x->wins < y->wins) - (x->wins > y->wins);
}

static void winners(const struct page *page, const struct view_kind *kind, bool oversubscribed)
{
    struct tally *tallies = must_alloc(kind->impl_count * sizeof *tallies);
    unsigned groups;
    for (size_t i = 0; i < kind->impl_count; i++)
        tallies[i].impl = kind->impls[i];
    unsigned decided = wins_count(kind, oversubscribed, tallies, &groups);
    qsort(tallies, kind->impl_count, sizeof *tallies, by_wins);
    if (groups > 0) {
        page_print(page, "<li><b>%s</b> ",
                   oversubscribed ? "More threads than CPUs:" : "A CPU for every thread:");
        for (size_t i = 0; i < kind->impl_count && i < NAMES_MAX && tallies[i].wins > 0; i++)
            page_print(page, "%s<strong>%s</strong> is fastest in %u", i ? ", " : "",
                       tallies[i].impl, tallies[i].wins);
        if (decided > 0)
            page_print(page, " of %u cases", groups);
        if (decided < groups)
            page_print(page, "%s%u of %u undecided between the first two", decided ? "; " : "",
                       groups - decided, groups);
        fputs(".</li>\n", page->to);
    }
    free(tallies);
}

static const struct case_summary *worst_beyond(const struct view *view,
                                               const struct view_kind *kind, const char *impl)
{
    const struct case_summary *worst = NULL;
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t i = 0; i < kind->panels[p].group_count; i++) {
            const struct view_group *g = &kind->panels[p].groups[i];
            const struct case_summary *c = g->oversubscribed ? view_case(view, g, impl) : NULL;
            if (c && (!worst || view_ratio(c) < view_ratio(worst)))
                worst = c;
        }
    }
    return worst;
}

/* Who must not meet more threads than CPUs. */
static void cliffs(const struct page *page, const struct view_kind *kind)
{
    const struct case_summary *deepest = NULL;
    unsigned count = 0;
    for (size_t i = 0; i < kind->impl_count; i++) {
        const struct case_summary *c = worst_beyond(page->view, kind, kind->impls[i]);
        if (!c || !(view_ratio(c) < cliff_ratio))
            continue;
        if (!deepest || view_ratio(c) < view_ratio(deepest))
            deepest = c;
        if (count++ == 0)
            fputs("<li><b>The cliff:</b> with more threads than CPUs, less than half of the "
                  "reference's throughput from ",
                  page->to);
        if (count <= NAMES_MAX)
            page_print(page, "%s%s", count > 1 ? ", " : "", kind->impls[i]);
    }
    if (!deepest)
        return;
    if (count > NAMES_MAX)
        page_print(page, " and %u more", count - NAMES_MAX);
    page_print(page, ". Deepest: %s, %s in %s at %s.</li>\n", deepest->impl,
               text_ratio(view_ratio(deepest)).text, deepest->workload,
               text_threads(deepest->threads).text);
}

static void safest(const struct page *page, const struct view_kind *kind)
{
    struct view_floor floor = view_safest(page->view, kind);
    if (!floor.impl || !floor.where || strcmp(floor.impl, kind->reference) == 0)
        return;
    page_print(page,
               "<li><b>Safe everywhere:</b> <strong>%s</strong> never has less than %s the "
               "throughput of %s in any of the %u cases (least in %s at %s).</li>\n",
               floor.impl, text_ratio(floor.ratio).text, kind->reference, (unsigned)floor.groups,
               floor.where->workload, text_threads(floor.where->threads).text);
}

static void answer_row(const struct page *page, const struct view_panel *p,
                       const struct view_group *g)
{
    page_print(page, "<tr><th scope=\"row\" title=\"%s\">%s</th><td class=\"n\">%u</td>",
               p->head->question, p->head->workload, g->threads);
    if (!g->best) {
        fputs("<td colspan=\"6\">no clean result</td></tr>\n", page->to);
        return;
    }
    const struct case_summary *b = g->best;
    bool compared = b != g->reference && isfinite(b->ratio.median);
    page_print(page, "<td><strong>%s</strong></td><td class=\"n\">%s</td><td class=\"n\">%s</td>",
               b->impl, text_number(b->ops_per_second.median / 1e6).text,
               b == g->reference ? "reference" : text_number(b->ratio.median).text);
    page_print(page, "<td class=\"n\">%s%s%s</td>", compared ? text_number(b->ratio.low).text : "",
               "–", compared ? text_number(b->ratio.high).text : "");
    if (!g->second)
        fputs("<td>the only one measured</td>", page->to);
    else if (g->decided)
        page_print(page, "<td class=\"sure\">decided, %s over %s</td>",
                   text_percent(g->margin).text, g->second->impl);
    else
        page_print(page, "<td class=\"unsure\">undecided against %s</td>", g->second->impl);
    const struct case_summary *later =
        !g->oversubscribed && p->beyond ? view_case(page->view, p->beyond, b->impl) : NULL;
    double ratio = later ? view_ratio(later) : NAN;
    if (later && isfinite(ratio))
        page_print(page, "<td class=\"%s\">%s at %u</td></tr>\n",
                   ratio < cliff_ratio ? "cliff" : "", text_ratio(ratio).text, later->threads);
    else
        page_print(page, "<td>%s</td></tr>\n", g->oversubscribed ? "–" : "not measured");
}

void page_answer(const struct page *page, const struct view_kind *kind)
{
    fputs("<ul class=\"verdict\">\n", page->to);
    winners(page, kind, false);
    winners(page, kind, true);
    safest(page, kind);
    cliffs(page, kind);
    page_print(page,
               "</ul>\n<div class=\"scroll\"><table class=\"sortable\"><thead><tr>"
               "<th>Workload</th><th class=\"n\">Threads</th><th>Fastest</th>"
               "<th class=\"n\">M ops/s</th><th class=\"n\">× %s</th>"
               "<th class=\"n\">95 %% interval</th><th>How sure</th>"
               "<th>Oversubscribed</th></tr></thead><tbody>\n",
               kind->reference ? kind->reference : "reference (not run)");
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t i = 0; i < kind->panels[p].group_count; i++)
            answer_row(page, &kind->panels[p], &kind->panels[p].groups[i]);
    }
    fputs("</tbody></table></div>\n", page->to);
}

struct quality {
    unsigned without, broken, thin, compared, undecided;
};

static struct quality quality_of(const struct summary *s)
{
    struct quality q = {0};
    for (size_t i = 0; i < s->case_count; i++) {
        const struct case_summary *c = &s->cases[i];
        bool compared = view_usable(c) && c->verdict != VERDICT_REFERENCE;
        q.broken += c->broken != NULL;
        q.without += !c->broken && c->rounds_valid == 0;
        q.thin += view_usable(c) && c->rounds_valid < SUMMARY_ROUNDS_MIN;
        q.compared += compared;
        q.undecided += compared && c->verdict == VERDICT_UNDECIDED;
    }
    return q;
}

static const char *status_warning(enum run_status status)
{
    switch (status) {
    case RUN_DONE:
        return NULL;
    case RUN_INTERRUPTED:
        return "Interrupted: this run was stopped before its plan was done; cases are missing or "
               "have few rounds.";
    default:
        return "Partial: this run had not ended when the report was made (it is running, or was "
               "killed); cases are missing or have few rounds.";
    }
}

static double discarded_share(const struct summary *s)
{
    return s->trials ? (double)s->discarded / s->trials : 0;
}

/* What must be read before the answer. */
void page_warnings(const struct page *page)
{
    const char *status = status_warning(page->view->summary->status);
    double share = discarded_share(page->view->summary);
    if (!status && share <= unreliable_share)
        return;
    fputs("<section class=\"banner bad\" aria-label=\"Warning\">\n", page->to);
    if (status)
        page_print(page, "<p><strong>%s</strong></p>\n", status);
    if (share > unreliable_share)
        page_print(page,
                   "<p><strong>Unreliable: %s of all trials were discarded. Take nothing here as a "
                   "recommendation; run contend doctor, then measure again.</strong></p>\n",
                   text_percent(share).text);
    fputs("</section>\n", page->to);
}

void page_quality(const struct page *page)
{
    const struct summary *s = page->view->summary;
    struct quality q = quality_of(s);
    double share = discarded_share(s);
    const char *hypervisor = text_fact(s, "hypervisor");
    bool bad = share > unreliable_share || q.broken;
    bool warn = s->status != RUN_DONE || q.without || q.thin || s->discarded;
    page_print(page,
               "<section class=\"banner %s\" aria-label=\"Quality\">\n<h2 id=\"quality\">How "
               "far to trust it</h2>\n<ul>\n",
               bad    ? "bad"
               : warn ? "warn"
                      : "fine");
    for (size_t i = 0; i < s->case_count; i++) {
        if (s->cases[i].broken)
            page_print(page,
                       "<li><strong>Broken: %s: %s.</strong> It is left out of every comparison."
                       "</li>\n",
                       s->cases[i].name, s->cases[i].broken);
    }
    page_print(page, "<li>%u of %u trials discarded (%s) because something disturbed them.</li>\n",
               s->discarded, s->trials, text_percent(share).text);
    page_print(page, "<li>%u of %u comparisons with the reference are undecided.</li>\n",
               q.undecided, q.compared);
    if (q.without)
        page_print(page, "<li>%u case%s without a clean trial, listed below.</li>\n", q.without,
                   q.without == 1 ? "" : "s");
    if (q.thin)
        page_print(page, "<li>%u case%s with fewer than %u clean rounds: no verdict.</li>\n",
                   q.thin, q.thin == 1 ? "" : "s", (unsigned)SUMMARY_ROUNDS_MIN);
    if (hypervisor && strcmp(hypervisor, "none") != 0)
        fputs(
            "<li>Measured in a virtual machine: ratios carry over to other hosts better than times "
            "do.</li>\n",
            page->to);
    if (page->view->cpus == 0)
        fputs("<li>The run does not say how many CPUs it had: no case is marked as "
              "oversubscribed.</li>\n",
              page->to);
    fputs("</ul>\n</section>\n", page->to);
}
