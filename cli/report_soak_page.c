// SPDX-License-Identifier: MIT
/* What a soak showed, on the page. */
#include "cli/report_page.h"

#include <contend/impl.h>

#include <math.h>
#include <string.h>

enum { VIOLATIONS_SHOWN = 20 };

static void impl_row(const struct page *page, const char *kind, const struct soak_impl *i)
{
    double longest = 0;
    for (size_t k = 0; k < i->wait_count; k++)
        longest = fmax(longest, i->waits_ns[k]);
    page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td>", kind, i->name);
    fprintf(page->to, "<td class=\"n %s\" data-value=\"%llu\">%s</td>",
            i->violations ? "cliff" : "sure", (unsigned long long)i->violations,
            text_count(i->violations).text);
    page_print(page, "<td class=\"n\">%u</td>", i->cases);
    page_count_cell(page, i->slices);
    page_count_cell(page, i->operations);
    page_print(page, "<td class=\"n\">%s</td>",
               i->operations
                   ? text_number(100.0 * (double)i->contended / (double)i->operations).text
                   : "–");
    page_count_cell(page, i->sleeps);
    page_print(page, "<td class=\"n\" data-value=\"%s\">%s</td>", text_number(longest).text,
               longest > 0 ? text_duration(longest).text : "–");
    page_print(page, "<td class=\"n\">%s</td></tr>\n", text_number(i->share_least / 10).text);
}

static void impl_table(const struct page *page, const struct report_soak *soak)
{
    unsigned impls = 0;
    for (size_t k = 0; k < soak->kind_count; k++)
        impls += (unsigned)soak->kinds[k].impl_count;
    page_fold(page, "Implementations in the soak", impls, "rows", page_open(page));
    fputs("<p class=\"reading\">Least share: what the unluckiest thread of a slice got of an even "
          "share, at the least.</p>\n<div class=\"scroll\"><table class=\"sortable\"><thead><tr>"
          "<th>Kind</th><th>Implementation</th><th class=\"n\">Violations</th>"
          "<th class=\"n\">Cases</th><th class=\"n\">Slices</th>"
          "<th class=\"n\">Operations</th><th class=\"n\">Contended, %</th>"
          "<th class=\"n\">Sleeps</th><th class=\"n\">Longest wait</th>"
          "<th class=\"n\">Least share, %</th></tr></thead><tbody>\n",
          page->to);
    for (size_t k = 0; k < soak->kind_count; k++) {
        for (size_t i = 0; i < soak->kinds[k].impl_count; i++)
            impl_row(page, soak->kinds[k].name, &soak->kinds[k].impls[i]);
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void control_table(const struct page *page, const struct report_soak *soak)
{
    page_fold(page, "Injected controls", (unsigned)soak->control_count, "rows", false);
    fputs("<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th class=\"n\">Injected "
          "after</th><th>Kind</th><th>Control</th><th>Verdict</th><th class=\"n\">After</th>"
          "<th>Given away by</th></tr></thead><tbody>\n",
          page->to);
    for (size_t i = 0; i < soak->control_count; i++) {
        const struct soak_control *c = &soak->controls[i];
        fprintf(page->to, "<tr><td class=\"n\" data-value=\"%.0f\">%s</td>", c->elapsed_ns,
                text_long_duration(c->elapsed_ns).text);
        page_print(page, "<td>%s</td><td>%s</td><td class=\"%s\">%s</td>", c->kind, c->name,
                   c->how ? "sure" : "cliff", c->how ? "caught" : "survived");
        fprintf(page->to, "<td class=\"n\" data-value=\"%.6f\">%s</td>", c->seconds,
                text_duration(c->seconds * 1e9).text);
        page_print(page, "<td class=\"wrap\">%s</td></tr>\n", c->how ? c->how : "–");
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void violations(const struct page *page, const struct report_soak *soak)
{
    for (size_t i = 0; i < soak->violation_count && i < VIOLATIONS_SHOWN; i++) {
        const struct soak_violation *v = &soak->violations[i];
        page_print(page, "<details%s><summary>After %s: %s: ", i == 0 ? " open" : "",
                   text_long_duration(v->elapsed_ns).text, v->subject);
        page_print(page, "%s</summary>\n<pre class=\"trace\">%s</pre>\n", v->what, v->evidence);
        if (v->again)
            page_print(page, "<p>Again: <code>%s</code></p>\n", v->again);
        fputs("</details>\n", page->to);
    }
    if (soak->asked.violations > VIOLATIONS_SHOWN)
        fprintf(page->to,
                "<p>%llu violations in all; the first %d are here, the first %d in the store with "
                "their evidence.</p>\n",
                (unsigned long long)soak->asked.violations, VIOLATIONS_SHOWN, SOAK_VIOLATIONS_MAX);
}

static bool played(const struct report_soak *soak, const struct ct_impl *impl)
{
    for (size_t k = 0; k < soak->kind_count; k++) {
        const struct soak_kind *kind = &soak->kinds[k];
        for (size_t i = 0; i < kind->impl_count && strcmp(kind->name, impl->kind) == 0; i++) {
            if (strcmp(kind->impls[i].name, impl->name) == 0)
                return true;
        }
    }
    return false;
}

/* Implementations of this program that had no turn. */
static void absent(const struct page *page, const struct report_soak *soak)
{
    size_t shown = 0;
    for (const struct ct_impl *const *i = ct_impls; *i; i++) {
        if (played(soak, *i))
            continue;
        fputs(shown++ ? ", " : "<li>Had no turn: ", page->to);
        page_print(page, "%s/%s", (*i)->kind, (*i)->name);
    }
    if (shown)
        fputs(".</li>\n", page->to);
}

static void uncovered(const struct page *page, const struct report_soak *soak)
{
    size_t cases = 0;
    for (size_t k = 0; k < soak->kind_count; k++) {
        for (size_t i = 0; i < soak->kinds[k].impl_count; i++)
            cases += soak->kinds[k].impls[i].cases;
    }
    fputs("<h3>What the soak did not cover</h3>\n<ul>\n", page->to);
    if (soak->asked.cases > cases)
        page_print(page, "<li>%u of %u cases (scenario × implementation × perturbation).</li>\n",
                   (unsigned)(soak->asked.cases - cases), (unsigned)soak->asked.cases);
    if (soak->asked.kind || soak->asked.impls)
        page_print(page, "<li>Anything but what was asked for: %s%s%s.</li>\n",
                   soak->asked.kind ? soak->asked.kind : "",
                   soak->asked.kind && soak->asked.impls ? ", " : "",
                   soak->asked.impls ? soak->asked.impls : "");
    absent(page, soak);
    if (soak->control_count == 0)
        fputs("<li>No control was injected: that this soak can see anything was not shown.</li>\n",
              page->to);
    fputs("<li>Orders of memory that these CPUs do not show: <code>contend model</code> explores "
          "them.</li>\n</ul>\n",
          page->to);
}

static void galleries(const struct page *page)
{
    const struct figure_section *section = figure_sections;
    while (section->script && section->scope < FIGURE_PER_SOAK)
        section++;
    while (section->script)
        section =
            page_gallery(page, NULL, section, section->scope == FIGURE_PER_SOAK || page_open(page));
}

void page_soak(const struct page *page)
{
    const struct report_soak *soak = page->proof->soak;
    if (!soak)
        return;
    uint64_t operations = 0;
    for (size_t i = 0; i < soak->sample_count; i++)
        operations = soak->samples[i].operations;
    fputs("<h2 id=\"soak\">What the soak showed</h2>\n", page->to);
    fprintf(page->to, "<p><strong>%llu violation%s</strong> in %s operations and %s of %s",
            (unsigned long long)soak->asked.violations, soak->asked.violations == 1 ? "" : "s",
            text_count(operations).text, text_long_duration((double)soak->asked.elapsed_ns).text,
            text_long_duration((double)soak->asked.duration_ns).text);
    fprintf(page->to, " (%llu slices, resumed %llu times", (unsigned long long)soak->asked.slices,
            (unsigned long long)soak->asked.resumed);
    page_print(page, "; begun %s, build %s%s).</p>\n", soak->started_at,
               soak->revision ? soak->revision : "unknown",
               soak->status == RUN_DONE ? "" : "; it is <strong>not over</strong>");
    fprintf(page->to, "<p>%llu broken implementations were injected on the way, %llu caught.</p>\n",
            (unsigned long long)soak->asked.controls,
            (unsigned long long)soak->asked.controls_caught);
    violations(page, soak);
    galleries(page);
    impl_table(page, soak);
    if (soak->control_count)
        control_table(page, soak);
    uncovered(page, soak);
}
