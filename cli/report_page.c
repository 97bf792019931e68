// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include "support/fail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void page_print(const struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            fputc(*format, page->to);
            continue;
        }
        format++;
        if (*format == 's')
            text_html(page->to, va_arg(arguments, const char *));
        else if (*format == 'u')
            fprintf(page->to, "%u", va_arg(arguments, unsigned));
        else
            fputc(*format, page->to);
    }
    va_end(arguments);
}

void page_piece(const struct page *page, const char *name)
{
    char *path = must_printf("%s/%s", page->pieces, name), buffer[4096];
    FILE *f = fopen(path, "r");
    if (!f)
        fail(EXIT_ENVIRONMENT, "report: %s: %s: set CONTEND_DATA to where it is installed", path,
             strerror(errno));
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;)
        fwrite(buffer, 1, n, page->to);
    fclose(f);
    free(path);
}

static void header(const struct page *page)
{
    const struct summary *s = page->view->summary;
    char *machine = text_machine(s, page->view->cpus);
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n",
          page->to);
    page_print(page, "<title>contend: %s</title>\n<style>\n", machine);
    page_piece(page, "page.css");
    fputs("</style>\n</head>\n<body>\n<header>\n", page->to);
    page_print(page, "<p class=\"brand\">contend</p>\n<h1>Which %s to ship on this machine</h1>\n",
               page->view->kind_count == 1 ? page->view->kinds->name : "primitive");
    page_print(page, "<p class=\"where\">%s</p>\n", machine);
    fprintf(page->to, "<p class=\"where\">Run %" PRId64 ", seed %" PRIu64 ", ", s->run, s->seed);
    page_print(
        page, "profile %s, begun %s: <code>%s</code></p>\n", s->profile ? s->profile : "unnamed",
        s->started_at ? s->started_at : "at no known time", s->arguments ? s->arguments : "");
    fputs("<nav aria-label=\"Sections\"><a href=\"#answer\">Answer</a> <a "
          "href=\"#quality\">Quality</a> <a href=\"#pictures\">Pictures</a> <a "
          "href=\"#numbers\">Numbers</a> <a href=\"#limits\">Limits</a> <a "
          "href=\"#method\">Method</a> <a href=\"#machine\">Machine</a> <a "
          "href=\"#unmeasured\">Not measured</a></nav>\n</header>\n",
          page->to);
    free(machine);
}

/* The figures of one section and kind; those behind a fold after the others. */
static void gallery(const struct page *page, const struct view_kind *kind,
                    const struct figure_section *section)
{
    size_t shown[2] = {0, 0};
    for (unsigned folded = 0; folded < 2; folded++) {
        for (size_t i = 0; i < page->figures->count; i++) {
            const struct figure *f = &page->figures->items[i];
            if (f->kind != kind || f->folded != (folded == 1) ||
                strcmp(f->script, section->script) != 0)
                continue;
            if (shown[0] + shown[1] == 0)
                page_print(page, "<h4>%s</h4>\n<p class=\"reading\">%s</p>\n", section->heading,
                           section->reading);
            if (shown[folded]++ == 0 && folded)
                fputs("<details><summary>The same with more threads than CPUs</summary>\n",
                      page->to);
            if (shown[folded] == 1)
                fputs("<div class=\"gallery\">\n", page->to);
            page_svg(page, f);
        }
        if (shown[folded])
            fputs(folded ? "</div>\n</details>\n" : "</div>\n", page->to);
    }
}

static void each_kind(const struct page *page,
                      void (*part)(const struct page *, const struct view_kind *))
{
    for (size_t k = 0; k < page->view->kind_count; k++) {
        page_print(page, "<h3>%s</h3>\n", page->view->kinds[k].name);
        part(page, &page->view->kinds[k]);
    }
}

static void pictures(const struct page *page, const struct view_kind *kind)
{
    for (const struct figure_section *section = figure_sections; section->script; section++)
        gallery(page, kind, section);
}

static void numbers(const struct page *page, const struct view_kind *kind)
{
    page_numbers(page, kind);
    page_implementations(page, kind);
}

static void limits(const struct page *page)
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

static void machine(const struct page *page)
{
    fputs("<h2 id=\"machine\">Machine and build</h2>\n<div class=\"scroll\"><table "
          "class=\"facts\"><tbody>\n",
          page->to);
    for (const struct machine_fact *f = page->view->summary->facts; f->key; f++)
        page_print(page, "<tr><th scope=\"row\">%s</th><td>%s</td></tr>\n", f->key, f->value);
    fputs("</tbody></table></div>\n", page->to);
}

static void unmeasured(const struct page *page)
{
    const struct view *v = page->view;
    fputs("<h2 id=\"unmeasured\">What was not measured</h2>\n<ul>\n", page->to);
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

void page_write(const struct page *page)
{
    header(page);
    fputs("<main>\n", page->to);
    page_warnings(page);
    fputs("<h2 id=\"answer\">The answer</h2>\n", page->to);
    each_kind(page, page_answer);
    page_quality(page);
    fputs("<h2 id=\"pictures\">Pictures</h2>\n", page->to);
    each_kind(page, pictures);
    fputs("<h2 id=\"numbers\">Numbers</h2>\n", page->to);
    each_kind(page, numbers);
    limits(page);
    page_piece(page, "method.html");
    machine(page);
    unmeasured(page);
    fputs("</main>\n<script>\n", page->to);
    page_piece(page, "page.js");
    fputs("</script>\n</body>\n</html>\n", page->to);
}
