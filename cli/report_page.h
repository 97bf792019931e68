// SPDX-License-Identifier: MIT
/* report_page.h - the HTML page, section by section. */
#ifndef CLI_REPORT_PAGE_H
#define CLI_REPORT_PAGE_H

#include "cli/report_figures.h"

#include <stdio.h>

struct page {
    FILE *to;
    const struct view *view;
    const struct proof *proof;
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

/* <details>: title, and how many of what; the caller closes it. */
void page_fold(const struct page *page, const char *title, unsigned count, const char *of,
               bool open);

/* The figures of one kind, or of all (NULL), and of section and those after it with the same heading;
   nothing where there are none. Returns the first section with another heading. */
const struct figure_section *page_gallery(const struct page *page, const char *kind,
                                          const struct figure_section *section, bool open);

/* Kinds up to which a page shows everything unfolded. */
enum { PAGE_KINDS_OPEN = 2 };
bool page_open(const struct page *page); /* are there so few, whatever was done to them? */

/* Was anything measured, or is this only about what broke? */
bool page_measured(const struct page *page);

/* <td>: a number, spelled and sortable. */
void page_count_cell(const struct page *page, uint64_t n);

/* report_glance.c: the answer, a row for each kind. */
void page_glance(const struct page *page);

/* report_answer.c: what to ship. */
void page_answer(const struct page *page, const struct view_kind *kind);

/* report_trust.c: how far to trust it. */
void page_warnings(const struct page *page); /* nothing where there is none */
void page_quality(const struct page *page);

/* report_tables.c: every number. */
void page_numbers(const struct page *page, const struct view_kind *kind);
void page_implementations(const struct page *page, const struct view_kind *kind);

/* report_proof_page.c: what stress runs and their controls showed. */
void page_proof(const struct page *page);
void page_alarms(const struct page *page); /* what broke, before all else; nothing if nothing did */
bool page_proved(
    const struct page *page); /* has it anything to say, if only what was not covered? */

/* report_model_page.c, report_soak_page.c: nothing where there was no such run. */
void page_model(const struct page *page);
void page_soak(const struct page *page);

/* report_machine.c: limits, machine and build, what was discarded and what was not measured. */
void page_limits(const struct page *page);
void page_machine(const struct page *page);
void page_unmeasured(const struct page *page);

/* report_topology.c: packages, caches, cores and CPUs. */
void page_topology(const struct page *page);

/* report_svg.c: gnuplot's picture as part of the page, and once for all the marks they use. */
void page_svg(const struct page *page, const struct figure *figure, const char *caption);
void page_marks(const struct page *page);

#endif
