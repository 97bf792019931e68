// SPDX-License-Identifier: MIT
/* What the model explored, on the page. */
#include "cli/report_page.h"

#include <stdlib.h>
#include <string.h>

static void names_cell(const struct page *page, char *const *names, size_t count)
{
    fputs("<td class=\"wrap\">", page->to);
    for (size_t i = 0; i < count; i++)
        page_print(page, "%s%s", i ? ", " : "", names[i]);
    fputs(count ? "</td>" : "–</td>", page->to);
}

static void impl_row(const struct page *page, const char *kind, const struct model_impl *i)
{
    page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td>", kind, i->name);
    if (i->rows == 0)
        page_print(page, "<td class=\"wrap unsure\">%s</td>", i->why ? i->why : "not modelled");
    else
        page_print(page, "<td class=\"%s\">%s%s</td>", i->failed ? "wrap cliff" : "sure",
                   i->failed ? "broke " : "holds", i->failed ? i->why : "");
    if (i->rows == 0) {
        fputs("<td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td>", page->to);
    } else {
        page_print(page, "<td class=\"n\">%u</td>", i->rows);
        page_count_cell(page, i->executions);
        page_print(page, "<td class=\"n\" data-value=\"%u\">%u of %u</td>", i->exhausted,
                   i->exhausted, i->rows);
    }
    page_print(page, "<td class=\"wrap\">%s</td>", i->within ? i->within : "–");
    page_print(page, "<td class=\"n\" data-value=\"%s\">%s</td>", text_number(i->seconds).text,
               i->rows ? text_long_duration(i->seconds * 1e9).text : "–");
    names_cell(page, i->skipped, i->skipped_count);
    fputs("</tr>\n", page->to);
}

static void impl_table(const struct page *page, unsigned impls)
{
    page_fold(page, "Implementations in the model", impls, "rows", page_open(page));
    fputs("<p class=\"reading\">Exhausted: every execution within one of the bounds named was "
          "seen. The "
          "others were bounded by time: some of their executions were drawn at random.</p>\n"
          "<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>Kind</th>"
          "<th>Implementation</th><th>Verdict</th><th class=\"n\">Scenarios</th>"
          "<th class=\"n\">Executions</th><th class=\"n\">Exhausted</th><th>Within</th>"
          "<th class=\"n\">CPU time</th><th>Not offered</th></tr></thead><tbody>\n",
          page->to);
    for (size_t k = 0; k < page->proof->model->kind_count; k++) {
        const struct model_kind *kind = &page->proof->model->kinds[k];
        for (size_t i = 0; i < kind->impl_count; i++) {
            if (!kind->impls[i].control)
                impl_row(page, kind->name, &kind->impls[i]);
        }
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void control_row(const struct page *page, const char *kind, const struct model_impl *i)
{
    page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td><td class=\"%s\">%s</td>", kind,
               i->name, i->failed ? "sure" : "cliff", i->failed ? "killed" : "survived");
    page_count_cell(page, i->executions);
    page_print(page, "<td class=\"n\" data-value=\"%s\">%s</td><td class=\"wrap\">%s</td></tr>\n",
               text_number(i->seconds).text, text_long_duration(i->seconds * 1e9).text,
               i->why ? i->why : "–");
}

static void control_table(const struct page *page, unsigned controls)
{
    page_fold(page, "Controls in the model", controls, "rows", page_open(page));
    fputs("<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>Kind</th>"
          "<th>Control</th><th>Verdict</th><th class=\"n\">Executions</th>"
          "<th class=\"n\">CPU time</th><th>Given away by</th></tr></thead><tbody>\n",
          page->to);
    for (size_t k = 0; k < page->proof->model->kind_count; k++) {
        const struct model_kind *kind = &page->proof->model->kinds[k];
        for (size_t i = 0; i < kind->impl_count; i++) {
            if (kind->impls[i].control && kind->impls[i].rows)
                control_row(page, kind->name, &kind->impls[i]);
        }
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void litmus_table(const struct page *page)
{
    const struct report_model *m = page->proof->model;
    page_fold(page, "Litmus tests", (unsigned)m->litmus_count, "outcomes", false);
    fputs("<div class=\"scroll\"><table class=\"sortable\"><thead><tr><th>Test</th><th>Outcome</th>"
          "<th>In C11</th><th class=\"n\">Happened</th><th class=\"n\">Executions</th>"
          "<th>Verdict</th></tr></thead><tbody>\n",
          page->to);
    for (size_t i = 0; i < m->litmus_count; i++) {
        const struct model_outcome *l = &m->litmus[i];
        page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td>", l->name, l->outcome,
                   l->answer);
        page_count_cell(page, l->happened);
        page_count_cell(page, l->executions);
        page_print(page, "<td class=\"%s\">%s</td></tr>\n", l->as_expected ? "sure" : "cliff",
                   l->as_expected ? "as expected" : "wrong");
    }
    fputs("</tbody></table></div>\n</details>\n", page->to);
}

static void url_encoded(FILE *to, const char *text, size_t length)
{
    for (const char *c = text; c < text + length; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr(" -_.,:;/=()", *c);
        plain ? fputc(*c, to) : fprintf(to, "%%%02X", (unsigned char)*c);
    }
}

/* An SVG that another program drew, in an <img>: nothing in it can act, or clash with the page. There
   it needs its namespace, which within a page it does not. */
static void picture(const struct page *page, const struct model_failure *f)
{
    const char *tag = strstr(f->svg, "<svg"), *end = tag ? strchr(tag, '>') : NULL;
    if (!end)
        return;
    const char *rest = tag + strlen("<svg"), *space = strstr(tag, "xmlns=");
    page_print(page,
               "<figure class=\"sequence\"><img alt=\"The threads of %s/%s side by side, until "
               "it failed: %s\" src=\"data:image/svg+xml,%%3Csvg",
               f->kind, f->impl, f->why ? f->why : "unknown");
    if (!space || space > end)
        fputs(" xmlns=%22http://www.w3.org/2000/svg%22", page->to);
    url_encoded(page->to, rest, strlen(rest));
    fputs("\"></figure>\n", page->to);
}

static void failure(const struct page *page, const struct model_failure *f, const char *heading,
                    bool open)
{
    page_print(page, "<details%s><summary>%s: %s/%s, ", open ? " open" : "", heading, f->kind,
               f->impl);
    page_print(page, "%s</summary>\n<p>Claim refuted: %s. Because: %s%s%s%s.</p>\n", f->scenario,
               f->claim ? f->claim : "unknown", f->why ? f->why : "unknown", f->site ? " (" : "",
               f->site ? f->site : "", f->site ? ")" : "");
    if (f->svg)
        picture(page, f);
    if (f->trace)
        page_print(page, "<pre class=\"trace\">%s</pre>\n", f->trace);
    if (f->replay)
        page_print(page, "<p>Again: <code>contend model --replay &#39;%s&#39;</code></p>\n",
                   f->replay);
    fputs("</details>\n", page->to);
}

struct totals {
    unsigned impls, failed, controls, killed, rows, exhausted, wrong;
    uint64_t executions;
};

static struct totals totals_of(const struct report_model *m)
{
    struct totals t = {0};
    for (size_t k = 0; k < m->kind_count; k++) {
        for (size_t n = 0; n < m->kinds[k].impl_count; n++) {
            const struct model_impl *i = &m->kinds[k].impls[n];
            t.executions += i->executions;
            if (i->control) {
                t.controls += i->rows > 0;
                t.killed += i->failed > 0;
                continue;
            }
            t.impls += i->rows > 0;
            t.failed += i->failed > 0;
            t.rows += i->rows;
            t.exhausted += i->exhausted;
        }
    }
    for (size_t i = 0; i < m->litmus_count; i++)
        t.wrong += !m->litmus[i].as_expected;
    return t;
}

static unsigned implementations(const struct report_model *m)
{
    unsigned n = 0;
    for (size_t k = 0; k < m->kind_count; k++) {
        for (size_t i = 0; i < m->kinds[k].impl_count; i++)
            n += !m->kinds[k].impls[i].control;
    }
    return n;
}

void page_model(const struct page *page)
{
    const struct report_model *m = page->proof->model;
    if (!m)
        return;
    struct totals t = totals_of(m);
    fputs("<h2 id=\"model\">What the model explored</h2>\n<p>The same sources under a scheduler "
          "that decides who goes on, which value a load reads and whom a wake-up reaches.</p>\n",
          page->to);
    if (m->interrupted)
        fputs("<p class=\"cliff\">A run of it was interrupted: rows are missing.</p>\n", page->to);
    if (t.impls) {
        page_print(page, "<p><strong>%u of %u implementations broke a claim</strong> in %s ",
                   t.failed, t.impls, text_count(t.executions).text);
        page_print(page,
                   "executions; %u of %u pairs of implementation and scenario were exhausted "
                   "within a bound, the others bounded by time.</p>\n",
                   t.exhausted, t.rows);
    }
    if (t.controls)
        page_print(page, "<p>%u of %u implementations broken on purpose were killed.</p>\n",
                   t.killed, t.controls);
    else
        fputs("<p>No control was run, so nothing shows that the model catches anything: "
              "<code>contend model --controls</code>.</p>\n",
              page->to);
    if (m->litmus_count)
        page_print(page, "<p>%u of %u outcomes of litmus tests are not what C11 says.</p>\n",
                   t.wrong, (unsigned)m->litmus_count);
    if (m->failure)
        failure(page, m->failure, "The first failure", true);
    if (implementations(m))
        impl_table(page, implementations(m));
    if (t.controls)
        control_table(page, t.controls);
    if (m->example)
        failure(page, m->example, "How one was caught", false);
    if (m->litmus_count)
        litmus_table(page);
}
