// SPDX-License-Identifier: MIT
#include "cli/report_page.h"

#include "support/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What must change in gnuplot's SVG so that forty of them share a page: ids get the figure's name in
   front, and the font's weight an attribute of its own. A %s stands for the name. */
static const struct replacement {
    const char *from, *to;
} replacements[] = {
    {"id='", "id='%s_"},
    {"id=\"gnuplot_canvas\"", "class=\"canvas\""},
    {"href='#", "href='#%s_"},
    {"url(#", "url(#%s_"},
    {"font-family=\"DejaVu Sans:Bold\"", "font-weight=\"bold\""},
    {"font-family=\"DejaVu Sans\" ", ""},
    {"font-family=\"DejaVu Sans\"", ""},
};

/* Its own titles are names of data files. */
static const char *after_title(const char *at)
{
    const char *end = strncmp(at, "<title>", 7) == 0 ? strstr(at, "</title>") : NULL;
    return end ? end + strlen("</title>") : at;
}

static void body_write(const struct page *page, const char *name, const char *at)
{
    while (*at) {
        const struct replacement *r = NULL;
        at = after_title(at);
        for (size_t i = 0; i < sizeof replacements / sizeof *replacements && !r; i++) {
            if (strncmp(at, replacements[i].from, strlen(replacements[i].from)) == 0)
                r = &replacements[i];
        }
        if (!r) {
            fputc(*at++, page->to);
            continue;
        }
        at += strlen(r->from);
        const char *mark = strstr(r->to, "%s");
        fprintf(page->to, "%.*s%s%s", mark ? (int)(mark - r->to) : (int)strlen(r->to), r->to,
                mark ? name : "", mark ? mark + 2 : "");
    }
}

void page_svg(const struct page *page, const struct figure *figure)
{
    char *path = must_printf("%s/%s.svg", page->pictures, figure->name);
    FILE *f = fopen(path, "r");
    char *svg = NULL;
    size_t room = 0;
    if (!f || getdelim(&svg, &room, '\0', f) < 0)
        fail(EXIT_ENVIRONMENT, "report: %s: %s", path,
             f ? "gnuplot drew nothing" : strerror(errno));
    fclose(f);
    char *box = strstr(svg, "viewBox=\""), *body = strstr(svg, "</desc>");
    if (!box || !body)
        fail(EXIT_ENVIRONMENT, "report: %s: not what gnuplot 5.4's svg terminal writes", path);
    page_print(page,
               "<figure id=\"%s\">\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
               "xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\" "
               "aria-labelledby=\"%s_title %s_text\" ",
               figure->name, figure->name, figure->name);
    box[strlen("viewBox=\"") + strcspn(box + strlen("viewBox=\""), "\"")] = '\0';
    page_print(page, "viewBox=\"%s\">\n", box + strlen("viewBox=\""));
    page_print(page, "<title id=\"%s_title\">%s</title>\n<desc id=\"%s_text\">%s</desc>\n",
               figure->name, figure->title, figure->name, figure->description);
    body_write(page, figure->name, body + strlen("</desc>"));
    fputs("</figure>\n", page->to);
    free(svg);
    free(path);
}
