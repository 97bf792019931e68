// SPDX-License-Identifier: MIT
/* report_page.h - the HTML page, section by section. */
#ifndef CLI_REPORT_PAGE_H
#define CLI_REPORT_PAGE_H

#include "cli/report_figures.h"

#include <stdio.h>

struct page {
    FILE *to;
    const struct view *view;
    const struct figures *figures;
    const char *pictures; /* directory of the SVGs */
    const char *pieces;   /* directory of page.css, page.js and the fixed texts */
};

/* The whole page. Fails the program when a piece or a picture cannot be read. */
void page_write(const struct page *page);

/* fprintf whose %s are escaped; markup stands in the format. Only %s, %u and %%. */
void page_print(const struct page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A file of pieces, as it is. */
void page_piece(const struct page *page, const char *name);

/* report_answer.c: what to ship, and how far to trust it. */
void page_warnings(const struct page *page); /* nothing where there is none */
void page_answer(const struct page *page, const struct view_kind *kind);
void page_quality(const struct page *page);

/* report_tables.c: every number. */
void page_numbers(const struct page *page, const struct view_kind *kind);
void page_implementations(const struct page *page, const struct view_kind *kind);

/* report_svg.c: gnuplot's picture as part of the page. */
void page_svg(const struct page *page, const struct figure *figure);

#endif
