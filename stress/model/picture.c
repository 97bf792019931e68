// SPDX-License-Identifier: MIT
/* No ids, no style that reaches beyond it, currentColor for ink: so that many may stand in one page. */
#include "stress/model/picture.h"

#include "stress/model/engine.h"
#include "stress/model/trace.h"

#include <string.h>

enum {
    FONT_PX = 12,
    ROW_PX = 22,
    MARGIN_PX = 12,
    NUMBER_PX = 36,
    LANE_PX = 52,
    GAP_PX = 18,
    MARK_PX = 5,
    HEAD_ROWS = 3, /* title, claim, names of the lanes */
    FOOT_ROWS = 4, /* the end of the lanes, violation, legend */
};
#define RED "#e0353b"

/* Okabe & Ito's, but for the yellow, which white paper swallows. */
static const char *const colours[] = {"#0072B2", "#E69F00", "#009E73", "#CC79A7",
                                      "#56B4E9", "#D55E00", "#8D7113", "#6E7781"};

static const char *const legend[] = {
    "filled: writes; hollow: reads; square: sleeps; diamond: wakes; bar: any other",
    "arrow: from the write that was read, or to whom it woke; dashed: asleep, or an old value "
    "read"};

enum column { OPERATION, LOCATION, VALUE, SITE, COLUMNS };

static struct trace_line line[TRACE_LINES_MAX];
static unsigned lines, before, width_px, height_px, column_px[COLUMNS];

static const char *text_of(const struct trace_line *l, enum column c)
{
    const char *const texts[] = {l->operation, l->location, l->value, l->site};
    return texts[c] + strspn(texts[c], " ");
}

static unsigned text_px(const char *text)
{
    return (unsigned)strlen(text) * FONT_PX * 5 /
           8; /* of a monospaced font, rather more than less */
}

static unsigned widest(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static const char *site_of(const struct picture *p)
{
    return p->site ? trace_short_site(p->site) : "";
}

static void lay_out(const struct picture *p)
{
    unsigned x = MARGIN_PX + NUMBER_PX + p->threads * LANE_PX;
    for (enum column c = OPERATION; c < COLUMNS; c++) {
        unsigned widest_px = 0;
        column_px[c] = x;
        for (unsigned i = 0; i < lines; i++)
            widest_px = widest(widest_px, text_px(text_of(&line[i], c)));
        x += widest_px + (widest_px ? GAP_PX : 0);
    }
    const char *const wide[] = {p->title, p->claim, legend[0], legend[1]};
    for (unsigned i = 0; i < sizeof wide / sizeof *wide; i++)
        x = widest(x, MARGIN_PX + text_px(wide[i]));
    width_px =
        widest(x, MARGIN_PX + text_px(p->failure) + text_px(site_of(p)) + GAP_PX) + MARGIN_PX;
    height_px = (HEAD_ROWS + lines + (before > 0) + FOOT_ROWS) * ROW_PX + 2 * MARGIN_PX;
}

static unsigned lane_x(unsigned thread)
{
    return MARGIN_PX + NUMBER_PX + thread * LANE_PX + LANE_PX / 2 - GAP_PX / 2;
}

static unsigned row_y(unsigned row)
{
    return MARGIN_PX + row * ROW_PX + ROW_PX / 2;
}

static unsigned line_y(unsigned number)
{
    return row_y(HEAD_ROWS + number - before - 1 + (before > 0));
}

static unsigned end_y(void)
{
    return row_y(HEAD_ROWS + lines + (before > 0));
}

/* What XML does not take as it is. */
static void escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
        }
    }
}

static void text_at(FILE *out, unsigned x, unsigned y, const char *attributes, const char *text)
{
    if (!text[0])
        return;
    fprintf(out, "<text x=\"%u\" y=\"%u\"%s>", x, y + FONT_PX / 3, attributes);
    escaped(out, text);
    fputs("</text>\n", out);
}

static const struct trace_line *next_of_thread(const struct trace_line *l)
{
    for (const struct trace_line *n = l + 1; n < line + lines; n++) {
        if (n->thread == l->thread)
            return n;
    }
    return NULL;
}

/* Where a sleep ended: woken, or by itself, or not at all. */
static unsigned sleep_end_y(const struct trace_line *l)
{
    const struct trace_line *next = next_of_thread(l);
    return l->until ? line_y(l->until) : next ? line_y(next->number) : end_y();
}

static void stroke(FILE *out, unsigned x, unsigned y1, unsigned y2, const char *colour,
                   const char *attributes)
{
    if (y2 > y1)
        fprintf(out, "<path d=\"M%u %uV%u\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", x, y1, y2,
                colour, attributes);
}

/* A thread's time: drawn to its end, or to the violation if it did not come to its end; dashed while
   it sleeps. */
static void lane(FILE *out, unsigned thread)
{
    unsigned x = lane_x(thread), y = row_y(HEAD_ROWS) - ROW_PX / 2;
    const char *colour = colours[thread % (sizeof colours / sizeof *colours)];
    const struct trace_line *last = NULL;
    fprintf(out, "<g class=\"lane\" fill=\"none\">\n");
    fprintf(out,
            "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" font-weight=\"bold\" "
            "fill=\"currentColor\">T%u</text>\n",
            x, row_y(HEAD_ROWS - 1) + FONT_PX / 3, thread);
    for (const struct trace_line *l = line; l < line + lines; l++) {
        if (l->thread != thread)
            continue;
        last = l;
        if (!l->sleeps)
            continue;
        bool for_ever = !l->until && !next_of_thread(l);
        stroke(out, x, y, line_y(l->number), colour, "");
        y = sleep_end_y(l);
        stroke(out, x, line_y(l->number), y, for_ever ? RED : colour, " stroke-dasharray=\"2 4\"");
    }
    bool ended = engine.thread[thread].state == ENDED;
    unsigned end = ended && last ? line_y(last->number) + ROW_PX / 2 : ended ? y : end_y();
    stroke(out, x, y, end, colour, "");
    if (ended)
        fprintf(out, "<path d=\"M%u %uh%d\" stroke=\"%s\" stroke-width=\"2\"/>\n", x - MARK_PX,
                widest(end, y), 2 * MARK_PX, colour);
    fputs("</g>\n", out);
}

static void arrow(FILE *out, unsigned from_thread, unsigned from_y, unsigned to_thread,
                  unsigned to_y, bool dashed)
{
    int x1 = (int)lane_x(from_thread), x2 = (int)lane_x(to_thread);
    int side = x2 > x1 ? -1 : 1; /* of the head, on which the arrow comes */
    x2 += side * (MARK_PX + 1);
    fprintf(out,
            "<g fill=\"none\" stroke=\"%s\" stroke-width=\"1.3\"><path d=\"M%d %uL%d %u\"%s/>"
            "<path d=\"M%d %dL%d %uL%d %d\"/></g>\n",
            colours[from_thread % (sizeof colours / sizeof *colours)], x1, from_y, x2, to_y,
            dashed ? " stroke-dasharray=\"4 3\"" : "", x2 + side * MARK_PX, (int)to_y - MARK_PX, x2,
            to_y, x2 + side * MARK_PX, (int)to_y + 1);
}

static void arrows(FILE *out, const struct trace_line *l)
{
    if (l->from > before && line[l->from - before - 1].thread != l->thread)
        arrow(out, line[l->from - before - 1].thread, line_y(l->from), l->thread, line_y(l->number),
              l->staleness > 0);
    if (l->until)
        arrow(out, line[l->until - before - 1].thread, line_y(l->until), l->thread,
              line_y(l->until), false);
}

static void mark(FILE *out, const struct trace_line *l)
{
    unsigned x = lane_x(l->thread), y = line_y(l->number);
    const char *colour = colours[l->thread % (sizeof colours / sizeof *colours)];
    switch (l->mark) {
    case MARK_OTHER:
        fprintf(out, "<path d=\"M%u %uh%d\" stroke=\"%s\" stroke-width=\"3\"/>\n", x - MARK_PX, y,
                2 * MARK_PX, colour);
        break;
    case MARK_READS: /* paper inside, whatever colour that has: the lane is seen through it */
    case MARK_WRITES:
        fprintf(out,
                "<circle cx=\"%u\" cy=\"%u\" r=\"%d\" fill=\"%s\" stroke=\"%s\" "
                "stroke-width=\"2\"/>\n",
                x, y, MARK_PX - 1, l->mark == MARK_WRITES ? colour : "none", colour);
        break;
    case MARK_SLEEPS:
        fprintf(out, "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n",
                x - MARK_PX, y - MARK_PX, 2 * MARK_PX, 2 * MARK_PX, colour);
        break;
    case MARK_WAKES:
        fprintf(out, "<path d=\"M%u %ul%d %dl%d %dl%d %dz\" fill=\"%s\"/>\n", x, y - MARK_PX - 1,
                MARK_PX + 1, MARK_PX + 1, -MARK_PX - 1, MARK_PX + 1, -MARK_PX - 1, -MARK_PX - 1,
                colour);
        break;
    }
}

static void row(FILE *out, const struct trace_line *l)
{
    char number[TRACE_TEXT_BYTES];
    snprintf(number, sizeof number, "%u", l->number);
    text_at(out, MARGIN_PX, line_y(l->number), " opacity=\"0.65\"", number);
    for (enum column c = OPERATION; c < COLUMNS; c++)
        text_at(out, column_px[c], line_y(l->number), c == SITE ? " opacity=\"0.65\"" : "",
                text_of(l, c));
}

static void violation(FILE *out, const struct picture *p)
{
    unsigned y = end_y() + ROW_PX;
    fprintf(out, "<path d=\"M%d %uH%u\" stroke=\"" RED "\" stroke-width=\"2\"/>\n", MARGIN_PX,
            end_y(), width_px - MARGIN_PX);
    fprintf(out, "<g class=\"violation\" fill=\"" RED "\" font-weight=\"bold\">\n");
    text_at(out, MARGIN_PX, y, "", p->failure);
    text_at(out, MARGIN_PX + GAP_PX + text_px(p->failure), y, "", site_of(p));
    fputs("</g>\n", out);
}

void picture_write(FILE *out, const struct picture *p)
{
    lines = trace_lines(line, &before);
    lay_out(p);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"model-trace\" role=\"img\" "
            "viewBox=\"0 0 %u %u\" width=\"%u\" height=\"%u\" font-family=\"ui-monospace, "
            "monospace\" font-size=\"%d\" fill=\"currentColor\" aria-label=\"",
            width_px, height_px, width_px, height_px, FONT_PX);
    escaped(out, p->title);
    fputs(": ", out);
    escaped(out, p->failure);
    /* :root only where it is a file of its own; within a page the ink is the page's */
    fputs("\">\n<style>:root.model-trace{color:#1f2328}@media(prefers-color-scheme:dark){"
          ":root.model-trace{color:#e6edf3}}</style>\n",
          out);
    text_at(out, MARGIN_PX, row_y(0), " font-weight=\"bold\"", p->title);
    text_at(out, MARGIN_PX, row_y(1), "", p->claim);
    if (before) {
        char skipped[TRACE_TEXT_BYTES];
        snprintf(skipped, sizeof skipped, "... %u operations before", before);
        text_at(out, column_px[OPERATION], row_y(HEAD_ROWS), " opacity=\"0.65\"", skipped);
    }
    for (unsigned t = 0; t < p->threads; t++)
        lane(out, t);
    for (unsigned i = 0; i < lines; i++)
        arrows(out, &line[i]);
    for (unsigned i = 0; i < lines; i++) {
        mark(out, &line[i]);
        row(out, &line[i]);
    }
    violation(out, p);
    for (unsigned i = 0; i < sizeof legend / sizeof *legend; i++)
        text_at(out, MARGIN_PX, end_y() + (2 + i) * ROW_PX, " opacity=\"0.65\"", legend[i]);
    fputs("</svg>\n", out);
}
