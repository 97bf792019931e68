// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include "support/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What must change in gnuplot's SVG so that hundreds of them share a page: ids get the figure's name in
   front, the font's weight an attribute of its own, and what page.css says for all of them goes. A %s
   stands for the name. */
static const struct replacement {
    const char *from, *to;
} replacements[] = {
    {"<use xlink:href='#gp", "<use href='#gp"}, /* a mark: page_marks has them */
    {"id='", "id='%s_"},
    {"id=\"gnuplot_canvas\"", "class=\"canvas\""},
    {"href='#", "href='#%s_"},
    {"url(#", "url(#%s_"},
    {"font-family=\"DejaVu Sans:Bold\"", "font-weight=\"bold\""},
    {"font-family=\"DejaVu Sans\" ", ""},
    {"font-family=\"DejaVu Sans\"", ""},
    {"fill=\"none\" color=\"black\" stroke=\"currentColor\" ", ""},
    {"fill=\"none\" color=\"white\" stroke=\"currentColor\" ", ""},
    {" stroke-linecap=\"round\" stroke-linejoin=\"round\"", ""},
    {" stroke-width=\"0.80\"", ""},
    {" class=\"gridline\" ", ""},
    {" stroke=\"none\" fill=\"rgb(36,41,47)\" font-size=\"13.00\" ", " class=\"ink\""},
    {" stroke=\"none\" fill=\"rgb(89,99,110)\" font-size=\"13.00\" ", " class=\"muted\""},
    {"stroke='rgb(216, 220, 225)' ", "class='rule' "},
    {"stroke='rgb( 89,  99, 110)' ", ""},
    {".00 ", " "},
    {".00,", ","},
    {".00'", "'"},
    {".00\"", "\""},
    {".00)", ")"},
    {"\t", ""},
    {"\n\n", "\n"},
    {"  ", " "},
};

static const char *skipped(const char *at, const char *open, const char *close)
{
    const char *end = strncmp(at, open, strlen(open)) == 0 ? strstr(at, close) : NULL;
    return end ? end + strlen(close) : at;
}

/* Its titles are names of data files, its marks are page_marks', groups without children draw nothing. */
static const char *after_noise(const char *at)
{
    at = skipped(at, "<title>", "</title>");
    at = skipped(at, "<rect x=\"0\" y=\"0\"", "/>\n"); /* the card is page.css's */
    at = skipped(at, "<defs>\n\n\t<circle id='gpDot'", "</defs>\n");
    if (strncmp(at, "<g fill", strlen("<g fill")) == 0) {
        const char *end = strchr(at, '>');
        if (end && strncmp(end, ">\n</g>\n", strlen(">\n</g>\n")) == 0)
            return end + strlen(">\n</g>\n");
    }
    return at;
}

static void body_write(FILE *to, const char *name, const char *at)
{
    while (*at) {
        const struct replacement *r = NULL;
        const char *after = after_noise(at);
        if (after != at) {
            at = after;
            continue;
        }
        for (size_t i = 0; i < sizeof replacements / sizeof *replacements && !r; i++) {
            if (strncmp(at, replacements[i].from, strlen(replacements[i].from)) == 0)
                r = &replacements[i];
        }
        if (!r) {
            fputc(*at++, to);
            continue;
        }
        at += strlen(r->from);
        const char *mark = strstr(r->to, "%s");
        fprintf(to, "%.*s%s%s", mark ? (int)(mark - r->to) : (int)strlen(r->to), r->to,
                mark ? name : "", mark ? mark + 2 : "");
    }
}

/* The SVG of a figure; free it. */
static char *svg_read(const struct page *page, const struct figure *figure)
{
    char *path = must_printf("%s/%s.svg", page->pictures, figure->name);
    FILE *f = fopen(path, "r");
    char *svg = NULL;
    size_t room = 0;
    if (!f || getdelim(&svg, &room, '\0', f) < 0)
        fail(EXIT_ENVIRONMENT, "report: %s: %s", path,
             f ? "gnuplot drew nothing" : strerror(errno));
    fclose(f);
    free(path);
    return svg;
}

static _Noreturn void fail_strange(const struct figure *figure)
{
    fail(EXIT_ENVIRONMENT, "report: %s: not what gnuplot 5.4's svg terminal writes", figure->name);
}

void page_marks(const struct page *page)
{
    if (page->figures->count == 0)
        return;
    char *svg = svg_read(page, page->figures->items);
    char *marks = strstr(svg, "<defs>"), *end = marks ? strstr(marks, "</defs>") : NULL;
    if (!end)
        fail_strange(page->figures->items);
    fprintf(
        page->to,
        "<svg class=\"marks\" width=\"0\" height=\"0\" aria-hidden=\"true\">%.*s</defs></svg>\n",
        (int)(end - marks), marks);
    free(svg);
}

void page_svg(const struct page *page, const struct figure *figure, const char *caption)
{
    char *svg = svg_read(page, figure);
    char *box = strstr(svg, "viewBox=\""), *body = strstr(svg, "</desc>");
    if (!box || !body)
        fail_strange(figure);
    page_print(page, "<figure id=\"%s\"><svg role=\"img\" aria-labelledby=\"%s_title %s_text\" ",
               figure->name, figure->name, figure->name);
    box[strlen("viewBox=\"") + strcspn(box + strlen("viewBox=\""), "\"")] = '\0';
    page_print(page, "viewBox=\"%s\">\n", box + strlen("viewBox=\""));
    page_print(page, "<title id=\"%s_title\">%s</title>\n<desc id=\"%s_text\">%s</desc>\n",
               figure->name, figure->title, figure->name, figure->description);
    body_write(page->to, figure->name, body + strlen("</desc>"));
    if (caption)
        page_print(page, "<figcaption>%s</figcaption>", caption);
    fputs("</figure>\n", page->to);
    free(svg);
}
