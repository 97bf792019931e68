// SPDX-License-Identifier: MIT
/* All kinds at a glance: a row each. */
#include "cli/report_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who leads where threads have a CPU each, or where they have not. */
static void leader(const struct page *page, const struct view_kind *kind, bool oversubscribed,
                   const char *label)
{
    unsigned groups;
    struct view_standing *all = view_standings(page->view, kind, oversubscribed, &groups);
    const struct view_standing *s = all;
    page_print(page, "<td data-label=\"%s\">", label);
    if (groups == 0 || s->pack == 0)
        fputs("not measured", page->to);
    else
        page_print(page, "<strong>%s</strong> in front in %u of %u", s->impl, s->pack, groups);
    if (groups > 0 && s->compared > 0 && strcmp(s->impl, kind->reference) != 0) {
        fputs("<br><span class=\"reading\">", page->to);
        if (s->compared > 1)
            page_print(page, "%s–", s->low < 0.01 ? "under 0.01" : text_number(s->low).text);
        page_print(page, "%s %s</span>", text_small_ratio(s->high).text, kind->reference);
    }
    fputs("</td>", page->to);
    free(all);
}

static void safe(const struct page *page, const struct view_kind *kind)
{
    struct view_floor floor = view_safest(page->view, kind);
    fputs("<td data-label=\"Safe everywhere\">", page->to);
    if (!floor.impl || !floor.where)
        fputs("–", page->to);
    else if (strcmp(floor.impl, kind->reference) == 0)
        page_print(page,
                   "<strong>%s</strong><br><span class=\"reading\">every other one is slower "
                   "somewhere</span>",
                   floor.impl);
    else
        page_print(page, "<strong>%s</strong><br><span class=\"reading\">never below %s %s</span>",
                   floor.impl, text_ratio(floor.ratio).text, kind->reference);
    fputs("</td>", page->to);
}

static void fallen(const struct page *page, const struct view_kind *kind)
{
    unsigned groups, measured = 0, below = 0;
    struct view_standing *all = view_standings(page->view, kind, true, &groups);
    for (size_t i = 0; i < kind->impl_count; i++) {
        measured += all[i].compared > 0;
        below += all[i].low < VIEW_CLIFF;
    }
    if (measured == 0)
        fputs("<td data-label=\"Cliff\">not measured</td>", page->to);
    else if (below == 0)
        fputs("<td data-label=\"Cliff\">none</td>", page->to);
    else
        page_print(page, "<td data-label=\"Cliff\" class=\"cliff\">%u of %u</td>", below, measured);
    free(all);
}

void page_glance(const struct page *page)
{
    fputs("<p class=\"reading\">In front: the fastest of a case, or not decided to be slower than "
          "it. Cliff: how many have less than half of the reference's throughput somewhere once "
          "threads outnumber CPUs.</p>\n<table class=\"sortable stack\"><thead><tr><th>Kind</th>"
          "<th>A CPU for every thread</th><th>More threads than CPUs</th>"
          "<th>Safe everywhere</th><th>Cliff</th></tr></thead><tbody>\n",
          page->to);
    for (size_t k = 0; k < page->view->kind_count; k++) {
        const struct view_kind *kind = &page->view->kinds[k];
        page_print(page, "<tr><th scope=\"row\"><a href=\"#kind-%s\">%s</a></th>", kind->name,
                   kind->name);
        leader(page, kind, false, "A CPU for every thread");
        leader(page, kind, true, "More threads than CPUs");
        safe(page, kind);
        fallen(page, kind);
        fputs("</tr>\n", page->to);
    }
    fputs("</tbody></table>\n", page->to);
}
