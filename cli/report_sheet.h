// SPDX-License-Identifier: MIT
/* report_sheet.h - what goes to gnuplot for one picture: NAME.tsv, the numbers, and NAME.gp, which sets
   title, axes and labels and loads the style and the script. The script only draws. */
#ifndef CLI_REPORT_SHEET_H
#define CLI_REPORT_SHEET_H

#include "cli/report_text.h"
#include "cli/report_view.h"

#include <stdio.h>

/* The sizes that style.gp draws with, in pixels of the picture. */
enum {
    SHEET_WIDTH = 400, /* at 1:1 three fit a desktop; 13 px text stays above 11 px on a phone */
    SHEET_TEXT_PX = 13,
    SHEET_NAME_COLUMNS = 16,
    SHEET_LABELS_MAX = VIEW_FEATURED + 2, /* and what the machine needs anyway */
    SHEET_ROWS_MAX = 24,
};

struct figure {
    const char *kind;   /* its name */
    const char *script; /* stem of the script in plots/ */
    char *name;         /* stem of its files, and prefix of its ids */
    char *title;        /* the finding */
    char *conditions;   /* subtitle */
    char *description;  /* for those who cannot see it */
    bool folded;        /* shown on demand only */
};

struct axis {
    double low, high;
    bool log;
};
struct axis axis_log(double low, double high);
struct axis axis_from_zero(double high);
double axis_fraction(const struct axis *axis, double value);

struct label {
    double x, y; /* the labelled point, as fractions of the axes */
    const char *text;
    size_t hue; /* VIEW_FEATURED: muted */
    bool strong;
};

struct sheet {
    FILE *data, *script;
    const char *plots; /* directory */
    struct figure *figure;
    unsigned width;
    size_t name_columns; /* of names on an axis; what is longer is cut */
};

/* Fails the program when the directory cannot be written. */
void sheet_open(struct sheet *s, const char *directory, const char *plots, struct figure *figure);
/* After title and conditions are known. */
void sheet_titles(struct sheet *s, unsigned plot_height);
void sheet_close(struct sheet *s);

/* Sets range, scale and ticks; spell names a tick's value. */
typedef struct text sheet_spell(double value);
void sheet_axis(struct sheet *s, char which, const struct axis *axis, sheet_spell *spell);
void sheet_number(struct sheet *s, const char *name, double value);
void sheet_text(struct sheet *s, const char *name, const char *value);
/* One tick of an axis of names. */
void sheet_name_tick(struct sheet *s, char which, double at, const char *name);

/* Labels beside the right end of the plot, in the order of their points, pushed apart. */
void sheet_labels(struct sheet *s, struct label *labels, size_t n, double plot_height);

#endif
