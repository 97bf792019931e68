// SPDX-License-Identifier: MIT
/* What the machine can do, what it is, and what was left out. */
#include "cli/report_page.h"

#include <contend/impl.h>

#include <string.h>

void page_limits(const struct page *page)
{
    fputs("<h2 id=\"limits\">What the machine itself can do</h2>\n<p>Measured in the same run: the "
          "floor under every number above.</p>\n<div class=\"scroll\"><table "
          "class=\"sortable\"><thead><tr><th>Limit</th><th class=\"n\">Time, ns</th><th>What it "
          "is</th></tr></thead><tbody>\n",
          page->to);
    for (size_t i = 0; i < LIMITS; i++) {
        const struct limit *l = &page->view->summary->limits[i];
        if (!l->name)
            continue;
        page_print(page, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td>%s</td></tr>\n",
                   l->name, l->ns >= 0 ? text_number(l->ns).text : "not measurable here", l->what);
    }
    fputs("</tbody></table></div>\n", page->to);
}

/* Other projects' libraries, and whose were not there when this was built. */
static void peers(const struct page *page)
{
    const struct summary *s = page->view->summary;
    size_t shown = 0;
    for (size_t i = 0; i < s->case_count; i++) {
        const char *package = s->cases[i].package;
        bool seen = !package;
        for (size_t k = 0; k < i && !seen; k++)
            seen = s->cases[k].package && strcmp(s->cases[k].package, package) == 0;
        if (seen)
            continue;
        fputs(shown++ ? ", " : "<p>Other projects measured: ", page->to);
        page_print(page, "%s", package);
    }
    fputs(shown ? ".</p>\n"
                : "<p>No other project was measured: none of the libraries was found when this was "
                  "built (scripts/packages.txt names them), or they were not chosen.</p>\n",
          page->to);
}

void page_machine(const struct page *page)
{
    fputs("<h2 id=\"machine\">Machine and build</h2>\n", page->to);
    page_topology(page);
    if (page_measured(page))
        peers(page);
    fputs("<div class=\"scroll\"><table class=\"facts\"><tbody>\n", page->to);
    for (const struct machine_fact *f = page->view->summary->facts; f->key; f++)
        page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", f->key, f->value);
    fputs("</tbody></table></div>\n", page->to);
}

static bool measured(const struct view *v, const struct ct_impl *impl)
{
    for (size_t k = 0; k < v->kind_count; k++) {
        const struct view_kind *kind = &v->kinds[k];
        for (size_t i = 0; i < kind->impl_count && strcmp(kind->name, impl->kind) == 0; i++) {
            if (strcmp(kind->impls[i], impl->name) == 0)
                return true;
        }
    }
    return false;
}

/* What this program has and the run did not choose. */
static void unchosen(const struct page *page)
{
    size_t shown = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if (measured(page->view, *i))
            continue;
        fputs(shown++ ? ", " : "<li>Of this build's implementations: ", page->to);
        page_print(page, "%s/%s", (*i)->kind, (*i)->name);
    }
    if (shown)
        fputs(".</li>\n", page->to);
}

void page_unmeasured(const struct page *page)
{
    const struct view *v = page->view;
    fputs("<h2 id=\"unmeasured\">What was not measured</h2>\n<ul>\n", page->to);
    unchosen(page);
    for (size_t i = 0; i < v->panel_count; i++) {
        const struct view_panel *p = &v->panels[i];
        if (v->cpus && !p->beyond)
            page_print(page, "<li>%s/%s with more threads than CPUs.</li>\n", p->head->kind,
                       p->head->workload);
        if (v->cpus > 1 && p->beyond && !p->within)
            page_print(page, "<li>%s/%s with a CPU for every thread.</li>\n", p->head->kind,
                       p->head->workload);
    }
    for (size_t i = 0; i < v->summary->case_count; i++) {
        const struct case_summary *c = &v->summary->cases[i];
        if (c->rounds_valid == 0 && !c->broken)
            page_print(page, "<li>%s: no clean trial%s.</li>\n", c->name,
                       c->rounds_discarded ? ", all were discarded" : "");
    }
    for (size_t i = 0; i < LIMITS; i++) {
        const struct limit *l = &v->summary->limits[i];
        if (l->name && l->ns < 0)
            page_print(page, "<li>The limit %s: %s.</li>\n", l->name, l->what);
    }
    page_piece(page, "unmeasured.html");
    fputs("</ul>\n", page->to);
}
