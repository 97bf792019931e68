// SPDX-License-Identifier: MIT
/* What stress runs and their controls showed. */
#include "cli/report_page.h"

#include <stdlib.h>
#include <string.h>

static const struct figure_section *section_of(const char *script)
{
    const struct figure_section *section = figure_sections;
    while (strcmp(section->script, script) != 0)
        section++;
    return section;
}

/* Scenarios of the kind that this implementation did not play. */
static void missing(const struct page *page, const struct proof_kind *kind,
                    const struct proof_impl *impl)
{
    size_t shown = 0;
    fputs("<td class=\"wrap\">", page->to);
    for (size_t i = 0; i < kind->scenario_count; i++) {
        bool played = false;
        for (size_t k = 0; k < impl->scenario_count && !played; k++)
            played = strcmp(impl->scenarios[k], kind->scenarios[i]) == 0;
        if (!played)
            page_print(page, "%s%s", shown++ ? ", " : "", kind->scenarios[i]);
    }
    fputs(shown ? "</td>" : "–</td>", page->to);
}

static void impl_row(const struct page *page, const struct proof_kind *kind,
                     const struct proof_impl *impl)
{
    page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td>", kind->name, impl->name);
    page_print(page, "<td class=\"%s\">%s</td>", impl->failures ? "wrap cliff" : "sure",
               impl->failure ? impl->failure : "held");
    page_print(page, "<td class=\"n\">%u</td>", (unsigned)impl->scenario_count);
    page_count_cell(page, impl->rounds);
    page_count_cell(page, impl->operations);
    page_print(page, "<td class=\"n\">%s</td>",
               impl->operations
                   ? text_number(100.0 * (double)impl->contended / (double)impl->operations).text
                   : "–");
    page_count_cell(page, impl->sleeps);
    double longest = proof_longest_wait_ns(impl);
    page_print(page, "<td class=\"n\" data-value=\"%s\">%s</td>", text_number(longest).text,
               longest > 0 ? text_duration(longest).text : "–");
    missing(page, kind, impl);
    fputs("</tr>\n", page->to);
}

static void impl_table(const struct page *page, unsigned impls)
{
    page_fold(page, "Implementations under stress", impls, "rows", page_open(page));
    fputs("<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>Kind</th>"
          "<th>Implementation</th><th>Verdict</th><th class=\"n\">Scenarios</th>"
          "<th class=\"n\">Rounds</th><th class=\"n\">Operations</th>"
          "<th class=\"n\">Contended, %</th><th class=\"n\">Sleeps</th>"
          "<th class=\"n\">Longest wait</th><th>Not played</th></tr></thead><tbody>\n",
          page->to);
    for (size_t k = 0; k < page->proof->kind_count; k++) {
        for (size_t i = 0; i < page->proof->kinds[k].impl_count; i++)
            impl_row(page, &page->proof->kinds[k], &page->proof->kinds[k].impls[i]);
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void control_row(const struct page *page, const struct proof_kind *kind,
                        const struct proof_control *c)
{
    page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td>", kind->name, c->name);
    for (size_t i = 0; i < PROOF_CHECKERS; i++) {
        if (c->killed[i])
            page_print(page, "<td class=\"n\" data-value=\"%s\">%s</td>",
                       text_number(c->seconds[i]).text, text_duration(c->seconds[i] * 1e9).text);
        else
            page_print(page, "<td class=\"n%s\">%s</td>",
                       c->expected[i] && c->tried[i] ? " cliff" : "",
                       !c->expected[i] ? "–"
                       : c->tried[i]   ? "missed"
                                       : "not run");
    }
    page_print(page, "<td class=\"wrap\">%s</td></tr>\n", c->how ? c->how : "–");
}

static void control_table(const struct page *page, unsigned controls)
{
    page_fold(page, "Broken implementations", controls, "rows", page_open(page));
    fputs("<p class=\"reading\">Each has one fault planted and must be caught by the checkers that "
          "have a column entry; the time is until it was.</p>\n<div class=\"scroll\"><table "
          "class=\"sortable\"><thead><tr><th>Kind</th><th>Control</th>",
          page->to);
    for (size_t i = 0; i < PROOF_CHECKERS; i++)
        page_print(page, "<th class=\"n\">%s</th>", proof_checker_names[i]);
    fputs("<th>First caught by</th></tr></thead><tbody>\n", page->to);
    for (size_t k = 0; k < page->proof->kind_count; k++) {
        for (size_t i = 0; i < page->proof->kinds[k].control_count; i++)
            control_row(page, &page->proof->kinds[k], &page->proof->kinds[k].controls[i]);
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

struct totals {
    unsigned impls, failed, controls, missed, caught, waiting;
    uint64_t operations;
    double seconds;
};

static struct totals totals_of(const struct proof *proof)
{
    struct totals t = {0};
    for (size_t k = 0; k < proof->kind_count; k++) {
        const struct proof_kind *kind = &proof->kinds[k];
        for (size_t i = 0; i < kind->impl_count; i++) {
            t.impls++;
            t.failed += kind->impls[i].failures > 0;
            t.operations += kind->impls[i].operations;
            t.seconds += kind->impls[i].seconds;
        }
        for (size_t i = 0; i < kind->control_count; i++) {
            const struct proof_control *c = &kind->controls[i];
            bool missed = false, waiting = false;
            for (size_t n = 0; n < PROOF_CHECKERS; n++) {
                missed |= c->expected[n] && c->tried[n] && !c->killed[n];
                waiting |= c->expected[n] && !c->tried[n];
            }
            t.controls++;
            t.missed += missed;
            t.caught += c->how != NULL;
            t.waiting += waiting;
        }
    }
    return t;
}

static bool stressed(const struct proof *proof, const char *kind)
{
    for (size_t k = 0; k < proof->kind_count; k++) {
        if (strcmp(proof->kinds[k].name, kind) == 0 && proof->kinds[k].impl_count > 0)
            return true;
    }
    return false;
}

/* What nobody tried to break. */
static void uncovered(const struct page *page, const struct totals *t)
{
    fputs("<h3>What was not covered</h3>\n<ul>\n", page->to);
    size_t absent = 0;
    for (size_t k = 0; k < page->view->kind_count; k++) {
        const char *kind = page->view->kinds[k].name;
        if (!stressed(page->proof, kind))
            page_print(page, "%s%s", absent++ ? ", " : "<li>Not stressed at all: ", kind);
    }
    if (absent)
        fputs(": <code>contend stress --kind KIND</code>.</li>\n", page->to);
    if (t->controls == 0)
        fputs("<li>No control was run, so nothing shows that the checks catch anything: "
              "<code>contend "
              "stress --controls</code>.</li>\n",
              page->to);
    if (t->waiting)
        page_print(page,
                   "<li>%u controls wait for a checker that did not run: the model is "
                   "<code>contend model --controls</code>; ThreadSanitizer needs a build of its "
                   "own (preset tsan) with the same store.</li>\n",
                   t->waiting);
    if (page->proof->older_runs)
        page_print(page, "<li>%u runs of other builds are not counted.</li>\n",
                   page->proof->older_runs);
    fputs("<li>Stress finds what happens to happen; interleavings are enumerated by <code>contend "
          "model</code>, within its bounds.</li>\n</ul>\n",
          page->to);
}

/* One section's pictures of all kinds together. */
static void proof_gallery(const struct page *page, const char *script)
{
    page_gallery(page, NULL, section_of(script), page_open(page));
}

bool page_proved(const struct page *page)
{
    return page_measured(page) || page->proof->kind_count > 0;
}

void page_proof(const struct page *page)
{
    const struct proof *proof = page->proof;
    struct totals t = totals_of(proof);
    fputs("<h2 id=\"proof\">Did anything break?</h2>\n", page->to);
    if (proof->runs == 0)
        fputs("<p>Nothing was stressed: run <code>contend stress</code> and <code>contend "
              "stress --controls</code> with the same store.</p>\n",
              page->to);
    if (t.impls) {
        page_print(page, "<p><strong>%u of %u implementations broke a claim</strong>", t.failed,
                   t.impls);
        page_print(page, " in %s operations and %s of stress", text_count(t.operations).text,
                   text_duration(t.seconds * 1e9).text);
        page_print(page, " (%u runs of build %s).</p>\n", proof->runs, proof->revision);
    }
    if (t.controls)
        page_print(page,
                   "<p>%u of %u implementations broken on purpose were caught; %u got away "
                   "from a checker that should have caught them.</p>\n",
                   t.caught, t.controls, t.missed);
    if (t.impls)
        impl_table(page, t.impls);
    if (t.controls)
        control_table(page, t.controls);
    proof_gallery(page, "kills");
    proof_gallery(page, "waits");
    uncovered(page, &t);
}

static void alarm_of(const struct page *page, unsigned n, const char *what, const char *id)
{
    if (n)
        page_print(page, "<li><strong>%s: %u.</strong> <a href=\"#%s\">What is known</a></li>\n",
                   what, n, id);
}

void page_alarms(const struct page *page)
{
    const struct proof *proof = page->proof;
    struct totals t = totals_of(proof);
    unsigned in_model = 0, in_soak = proof->soak ? (unsigned)proof->soak->asked.violations : 0;
    for (size_t k = 0; proof->model && k < proof->model->kind_count; k++) {
        for (size_t i = 0; i < proof->model->kinds[k].impl_count; i++) {
            const struct model_impl *impl = &proof->model->kinds[k].impls[i];
            in_model += !impl->control && impl->failed > 0;
        }
    }
    if (t.failed + in_model + in_soak + t.missed == 0)
        return;
    fputs("<section class=\"banner bad\" aria-label=\"What broke\">\n<ul>\n", page->to);
    alarm_of(page, t.failed, "Implementations that broke a claim under stress", "proof");
    alarm_of(page, in_model, "Implementations that broke a claim in the model", "model");
    alarm_of(page, in_soak, "Violations in the soak", "soak");
    alarm_of(page, t.missed, "Implementations broken on purpose that got away from a checker",
             "proof");
    fputs("</ul>\n</section>\n", page->to);
}
