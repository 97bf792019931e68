// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include "support/fail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 5, LEADERS_MAX = 3 };

static void winners(const struct page *page, const struct view_kind *kind, bool oversubscribed)
{
    unsigned groups;
    struct view_standing *all = view_standings(page->view, kind, oversubscribed, &groups);
    if (groups > 0) {
        page_print(page, "<li><b>%s</b> ",
                   oversubscribed ? "More threads than CPUs:" : "A CPU for every thread:");
        for (size_t i = 0; i < kind->impl_count && i < LEADERS_MAX && all[i].pack > 0; i++) {
            page_print(page, "%s<strong>%s</strong> is in front in %u", i ? ", " : "", all[i].impl,
                       all[i].pack);
            if (i == 0)
                page_print(page, " of %u cases", groups);
            if (all[i].alone)
                page_print(page, " (alone in %u)", all[i].alone);
        }
        fputs(".</li>\n", page->to);
    }
    free(all);
}

/* Who must not meet more threads than CPUs. */
static void cliffs(const struct page *page, const struct view_kind *kind)
{
    unsigned groups, count = 0;
    struct view_standing *all = view_standings(page->view, kind, true, &groups);
    const struct case_summary *deepest = NULL;
    for (size_t i = 0; i < kind->impl_count; i++) {
        const struct case_summary *c = all[i].worst;
        if (!c || !(all[i].low < VIEW_CLIFF))
            continue;
        if (!deepest || all[i].low < view_ratio(deepest))
            deepest = c;
        if (count++ == 0)
            fputs("<li><b>The cliff:</b> with more threads than CPUs, less than half of the "
                  "reference's throughput from ",
                  page->to);
        if (count <= NAMES_MAX)
            page_print(page, "%s%s", count > 1 ? ", " : "", all[i].impl);
    }
    if (count > NAMES_MAX)
        page_print(page, " and %u more", count - NAMES_MAX);
    if (deepest)
        page_print(page, ". Deepest: %s, %s in %s at %s.</li>\n", deepest->impl,
                   text_small_ratio(view_ratio(deepest)).text, deepest->workload,
                   text_threads(deepest->threads).text);
    free(all);
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

/* Who else is in front, if it is not decided. */
static void companions(const struct page *page, const struct view_group *g)
{
    size_t named = 0, others = g->pack - 1;
    if (others == 0) {
        fputs("<td>", page->to);
        if (g->second)
            page_print(page, "ahead of %s, not decided", g->second->impl);
        else
            fputs("the only one measured", page->to);
        fputs("</td>", page->to);
        return;
    }
    fputs("<td class=\"unsure wrap\">undecided against ", page->to);
    for (size_t i = g->first; i < g->first + g->count && named < LEADERS_MAX; i++) {
        const struct case_summary *c = &page->view->summary->cases[i];
        if (c == g->best || !view_in_pack(page->view, c))
            continue;
        page_print(page, "%s%s", named++ ? ", " : "", c->impl);
    }
    if (others > named)
        page_print(page, " and %u more", (unsigned)(others - named));
    fputs("</td>", page->to);
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
    double ops = b->ops_per_second.median;
    page_print(page, "<td><strong>%s</strong></td><td class=\"n\" data-value=\"%s\">%s%s</td>",
               b->impl, text_number(ops / 1e6).text,
               p->asks_time ? text_duration(view_answer(p, ops)).text : text_number(ops / 1e6).text,
               p->asks_time ? "" : "\u00a0M/s");
    page_print(page, "<td class=\"n\">%s</td><td class=\"n\">%s%s%s</td>",
               b == g->reference ? "reference" : text_number(b->ratio.median).text,
               compared ? text_number(b->ratio.low).text : "", "–",
               compared ? text_number(b->ratio.high).text : "");
    if (g->decided)
        page_print(page, "<td class=\"sure\">decided, %s over %s</td>",
                   text_percent(g->margin).text, g->second->impl);
    else
        companions(page, g);
    const struct case_summary *later =
        !g->oversubscribed && p->beyond ? view_case(page->view, p->beyond, b->impl) : NULL;
    double ratio = later ? view_ratio(later) : NAN;
    if (isfinite(ratio))
        page_print(page, "<td class=\"%s\">%s at %u</td></tr>\n", ratio < VIEW_CLIFF ? "cliff" : "",
                   text_small_ratio(ratio).text, later->threads);
    else
        page_print(page, "<td>%s</td></tr>\n", g->oversubscribed ? "–" : "not measured");
}

void page_answer(const struct page *page, const struct view_kind *kind)
{
    size_t rows = 0;
    for (size_t p = 0; p < kind->panel_count; p++)
        rows += kind->panels[p].group_count;
    fputs("<ul class=\"verdict\">\n", page->to);
    winners(page, kind, false);
    winners(page, kind, true);
    safest(page, kind);
    cliffs(page, kind);
    fputs("</ul>\n", page->to);
    page_fold(page, "Case by case", (unsigned)rows, "cases",
              page->view->kind_count <= PAGE_KINDS_OPEN);
    page_print(page,
               "<div class=\"scroll\"><table class=\"sortable\"><thead><tr>"
               "<th>Workload</th><th class=\"n\">Threads</th><th>Fastest</th>"
               "<th class=\"n\">Result</th><th class=\"n\">× %s</th>"
               "<th class=\"n\">95 %% interval</th><th>How sure</th>"
               "<th>Oversubscribed</th></tr></thead><tbody>\n",
               kind->reference ? kind->reference : "reference (not run)");
    for (size_t p = 0; p < kind->panel_count; p++) {
        for (size_t i = 0; i < kind->panels[p].group_count; i++)
            answer_row(page, &kind->panels[p], &kind->panels[p].groups[i]);
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}
