// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include <contend/impl.h>

#include <math.h>

static double ops_median(const struct case_summary *c)
{
    return c->ops_per_second.median / 1e6;
}
static double ops_low(const struct case_summary *c)
{
    return c->ops_per_second.low / 1e6;
}
static double ops_high(const struct case_summary *c)
{
    return c->ops_per_second.high / 1e6;
}
static double ratio_low(const struct case_summary *c)
{
    return c->verdict == VERDICT_REFERENCE ? 1 : c->ratio.low;
}
static double ratio_high(const struct case_summary *c)
{
    return c->verdict == VERDICT_REFERENCE ? 1 : c->ratio.high;
}
static double wall(const struct case_summary *c)
{
    return c->ns_per_op;
}
static double cpu(const struct case_summary *c)
{
    return c->cpu_ns_per_op;
}
static double min_max(const struct case_summary *c)
{
    return c->fairness_min_max;
}
static double jain(const struct case_summary *c)
{
    return c->fairness_jain;
}
static double wait_at(const struct case_summary *c, double fraction)
{
    return c->latency.total ? (double)histogram_quantile_ns(&c->latency, fraction) : NAN;
}
static double wait_50(const struct case_summary *c)
{
    return wait_at(c, 0.5);
}
static double wait_90(const struct case_summary *c)
{
    return wait_at(c, 0.9);
}
static double wait_99(const struct case_summary *c)
{
    return wait_at(c, 0.99);
}
static double wait_999(const struct case_summary *c)
{
    return wait_at(c, 0.999);
}
static double wait_9999(const struct case_summary *c)
{
    return wait_at(c, 0.9999);
}
static double wait_max(const struct case_summary *c)
{
    return wait_at(c, 1);
}
static double voluntary(const struct case_summary *c)
{
    return c->switches_voluntary_per_s;
}
static double involuntary(const struct case_summary *c)
{
    return c->switches_involuntary_per_s;
}
static double overlap(const struct case_summary *c)
{
    return c->overlap * 100;
}

static const struct column {
    const char *head;
    double (*value)(const struct case_summary *c);
} columns[] = {
    {"Throughput, M/s", ops_median},
    {"low, M/s", ops_low},
    {"high, M/s", ops_high},
    {"× reference", view_ratio},
    {"low", ratio_low},
    {"high", ratio_high},
    {"Wall, ns/op", wall},
    {"CPU, ns/op", cpu},
    {"Fairness, min/max", min_max},
    {"Jain", jain},
    {"Wait p50, ns", wait_50},
    {"p90, ns", wait_90},
    {"p99, ns", wait_99},
    {"p99.9, ns", wait_999},
    {"p99.99, ns", wait_9999},
    {"max, ns", wait_max},
    {"Sleeps, 1/s", voluntary},
    {"Preempted, 1/s", involuntary},
    {"On CPU, %", overlap},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static const char *const verdicts[VERDICTS] = {
    [VERDICT_REFERENCE] = "reference", [VERDICT_FASTER] = "faster",
    [VERDICT_SLOWER] = "slower",       [VERDICT_TIE] = "tie",
    [VERDICT_UNDECIDED] = "undecided",
};

static void row(const struct page *page, const struct case_summary *c)
{
    page_print(page, "<tr><th scope=\"row\">%s</th><td class=\"n\">%u</td><td>%s</td>", c->impl,
               c->threads,
               c->broken        ? "broken"
               : view_usable(c) ? verdicts[c->verdict]
                                : "no clean trial");
    for (size_t i = 0; i < COLUMNS; i++) {
        double value = view_usable(c) ? columns[i].value(c) : NAN;
        if (isfinite(value))
            fprintf(page->to, "<td class=\"n\" data-value=\"%.9g\">", value);
        else
            fputs("<td class=\"n\">", page->to);
        page_print(page, "%s</td>", text_number(value).text);
    }
    page_print(page, "<td class=\"n\">%u</td><td class=\"n\">%u</td></tr>\n", c->rounds_valid,
               c->rounds_discarded);
}

static void panel_table(const struct page *page, const struct view_panel *p)
{
    page_print(page,
               "<h4>%s, %s</h4>\n<p class=\"reading\">%s Hold "
               "%s, think %s.</p>\n<div class=\"scroll\"><table class=\"sortable\"><thead>"
               "<tr><th>Implementation</th><th class=\"n\">Threads</th><th>Verdict</th>",
               p->head->workload, p->head->placement, p->head->question,
               text_duration(p->head->hold_ns).text, text_duration(p->head->think_ns).text);
    for (size_t i = 0; i < COLUMNS; i++)
        page_print(page, "<th class=\"n\">%s</th>", columns[i].head);
    fputs("<th class=\"n\">Clean rounds</th><th class=\"n\">Discarded</th></tr></thead><tbody>\n",
          page->to);
    for (size_t g = 0; g < p->group_count; g++) {
        for (size_t i = 0; i < p->groups[g].count; i++)
            row(page, &page->view->summary->cases[p->groups[g].first + i]);
    }
    fputs("</tbody></table></div>\n", page->to);
}

void page_numbers(const struct page *page, const struct view_kind *kind)
{
    size_t rows = 0;
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t g = 0; g < kind->panels[p].group_count; g++)
            rows += kind->panels[p].groups[g].count;
    }
    page_fold(page, "Every number", (unsigned)rows, "rows", false);
    for (size_t p = 0; p < kind->panel_count; p++)
        panel_table(page, &kind->panels[p]);
    fputs("</details>\n", page->to);
}

static void traits(const struct page *page, unsigned set)
{
    const char *separator = "";
    for (const struct ct_trait_name *t = ct_trait_names; t->name; t++) {
        if (!(set & t->trait))
            continue;
        page_print(page, "%s%s", separator, t->name);
        separator = ", ";
    }
}

void page_implementations(const struct page *page, const struct view_kind *kind)
{
    const struct summary *s = page->view->summary;
    page_print(page,
               "<details><summary>The %u implementations</summary>\n<div class=\"scroll\">"
               "<table class=\"sortable\"><thead><tr><th>Implementation</th>"
               "<th class=\"n\">Size, bytes</th><th class=\"n\">Node, bytes</th><th>Traits"
               "</th><th>From</th><th>What it is</th></tr></thead><tbody>\n",
               (unsigned)kind->impl_count);
    for (size_t k = 0; k < kind->impl_count; k++) {
        const struct case_summary *c = s->cases;
        while (c->impl != kind->impls[k]) /* the view took it from a case */
            c++;
        page_print(page,
                   "<tr><th scope=\"row\">%s</th><td class=\"n\">%u</td><td class=\"n\">%u</td>"
                   "<td>",
                   c->impl, c->size_bytes, c->node_bytes);
        traits(page, c->traits);
        page_print(page, "</td><td>%s</td><td>%s</td></tr>\n", c->package ? c->package : "contend",
                   c->impl_summary);
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}
