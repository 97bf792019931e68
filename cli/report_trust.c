// SPDX-License-Identifier: MIT
/* How far to trust a run. */
#include "cli/report_page.h"

#include <string.h>

/* Above this share of discarded trials nothing is recommended. */
static const double unreliable_share = 0.20;

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
