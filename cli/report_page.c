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

void page_fold(const struct page *page, const char *title, unsigned count, const char *of,
               bool open)
{
    page_print(page, "<details%s><summary>%s <span class=\"reading\">%u %s</span></summary>\n",
               open ? " open" : "", title, count, of);
}

bool page_open(const struct page *page)
{
    const struct report_soak *soak = page->proof->soak;
    const struct report_model *model = page->proof->model;
    return page->view->kind_count <= PAGE_KINDS_OPEN &&
           page->proof->kind_count <= PAGE_KINDS_OPEN &&
           (!soak || soak->kind_count <= PAGE_KINDS_OPEN) &&
           (!model || model->kind_count <= PAGE_KINDS_OPEN);
}

bool page_measured(const struct page *page)
{
    return page->view->kind_count > 0;
}

void page_count_cell(const struct page *page, uint64_t n)
{
    fprintf(page->to, "<td class=\"n\" data-value=\"%" PRIu64 "\">%s</td>", n, text_count(n).text);
}

/* Ends the header: the kinds stay in view. */
static void links(const struct page *page)
{
    const bool measured = page_measured(page);
    const struct {
        const char *id, *name;
        bool there;
    } sections[] = {{"answer", "Answer", measured},
                    {"quality", "Trust", measured},
                    {"proof", "Correctness", page_proved(page)},
                    {"model", "Model", page->proof->model},
                    {"soak", "Soak", page->proof->soak},
                    {"limits", "Limits", measured},
                    {"method", "Method", measured},
                    {"machine", "Machine", true},
                    {"unmeasured", "Not measured", measured}};
    fputs("<nav aria-label=\"Sections\">", page->to);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (sections[i].there)
            page_print(page, "<a href=\"#%s\">%s</a> ", sections[i].id, sections[i].name);
    }
    fputs("</nav>\n</header>\n<nav class=\"kinds\" aria-label=\"Kinds\">", page->to);
    for (size_t k = 0; k < page->view->kind_count; k++)
        page_print(page, "<a href=\"#kind-%s\">%s</a> ", page->view->kinds[k].name,
                   page->view->kinds[k].name);
    fputs("</nav>\n", page->to);
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
    fputs("</style>\n</head>\n<body>\n", page->to);
    page_marks(page);
    fputs("<header>\n", page->to);
    fputs("<p class=\"brand\">contend</p>\n", page->to);
    if (page_measured(page))
        page_print(page, "<h1>Which %s to ship on this machine</h1>\n",
                   page->view->kind_count == 1 ? page->view->kinds->name : "primitives");
    else
        fputs("<h1>What broke on this machine, and what did not</h1>\n", page->to);
    page_print(page, "<p class=\"where\">%s</p>\n", machine);
    fprintf(page->to, "<p class=\"where\">Run %" PRId64 ", seed %" PRIu64 ", ", s->run, s->seed);
    page_print(
        page, "%s%s%sbegun %s: <code>%s</code></p>\n", s->profile && *s->profile ? "profile " : "",
        s->profile ? s->profile : "", s->profile && *s->profile ? ", " : "",
        s->started_at ? s->started_at : "at no known time", s->arguments ? s->arguments : "");
    links(page);
    free(machine);
}

/* The section of a figure among [first, end); NULL: it is of another one or of another kind. */
static const struct figure_section *section_among(const struct figure *f, const char *kind,
                                                  const struct figure_section *first,
                                                  const struct figure_section *end)
{
    if (kind && strcmp(f->kind, kind) != 0)
        return NULL;
    for (; first < end; first++) {
        if (strcmp(f->script, first->script) == 0)
            return first;
    }
    return NULL;
}

const struct figure_section *page_gallery(const struct page *page, const char *kind,
                                          const struct figure_section *section, bool open)
{
    const struct figure_section *end = section;
    size_t n = 0, shown[2] = {0, 0};
    while (end->script && strcmp(end->heading, section->heading) == 0)
        end++;
    for (size_t i = 0; i < page->figures->count; i++)
        n += section_among(&page->figures->items[i], kind, section, end) != NULL;
    if (n == 0)
        return end;
    page_fold(page, section->heading, (unsigned)n, n == 1 ? "picture" : "pictures", open);
    bool alone = end - section == 1;
    if (alone)
        page_print(page, "<p class=\"reading\">%s</p>\n", section->reading);
    for (unsigned folded = 0; folded < 2; folded++) {
        for (size_t i = 0; i < page->figures->count; i++) {
            const struct figure *f = &page->figures->items[i];
            const struct figure_section *of = section_among(f, kind, section, end);
            if (!of || f->folded != (folded == 1))
                continue;
            if (shown[folded]++ == 0) {
                if (folded && shown[0])
                    fputs("<p class=\"reading\">With more threads than CPUs:</p>\n", page->to);
                fputs("<div class=\"gallery\">\n", page->to);
            }
            page_svg(page, f, alone ? NULL : of->reading);
        }
        if (shown[folded])
            fputs("</div>\n", page->to);
    }
    fputs("</details>\n", page->to);
    return end;
}

static void kind_section(const struct page *page, const struct view_kind *kind)
{
    page_print(page, "<section class=\"kind\" id=\"kind-%s\">\n<h2>%s</h2>\n", kind->name,
               kind->name);
    page_answer(page, kind);
    const struct figure_section *section = figure_sections;
    while (section->script && section->scope < FIGURE_PER_PROOF)
        section =
            page_gallery(page, kind->name, section,
                         section == figure_sections || page->view->kind_count <= PAGE_KINDS_OPEN);
    page_numbers(page, kind);
    page_implementations(page, kind);
    fputs("</section>\n", page->to);
}

static void measured(const struct page *page)
{
    page_warnings(page);
    fputs("<h2 id=\"answer\">The answer</h2>\n", page->to);
    page_glance(page);
    page_quality(page);
    for (size_t k = 0; k < page->view->kind_count; k++)
        kind_section(page, &page->view->kinds[k]);
}

void page_write(const struct page *page)
{
    header(page);
    fputs("<main>\n", page->to);
    page_alarms(page);
    if (page_measured(page))
        measured(page);
    if (page_proved(page))
        page_proof(page);
    page_model(page);
    page_soak(page);
    if (page_measured(page)) {
        page_limits(page);
        page_piece(page, "method.html");
    }
    page_machine(page);
    if (page_measured(page))
        page_unmeasured(page);
    fputs("</main>\n<script>\n", page->to);
    page_piece(page, "page.js");
    fputs("</script>\n</body>\n</html>\n", page->to);
}
