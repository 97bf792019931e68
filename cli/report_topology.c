// SPDX-License-Identifier: MIT
/* The machine as nested boxes: packages, L3 caches, cores, hardware threads. */
#include "cli/report_page.h"

#include <stdlib.h>
#include <string.h>

/* From the outside in, by the words of the machine fact "topology". */
static const struct level {
    const char *word, *style;
} levels[] = {{"package", "package"},
              {"NUMA node", "node"},
              {"L3", "l3"},
              {"core", "core"},
              {"thread", "pu"}};
enum { LEVELS = sizeof levels / sizeof *levels, PUS_MAX = 1024 };

/* "2 packages, 16 L3s, 128 cores, 256 threads": how many of each; 0: not said. */
static void counts_read(const char *topology, unsigned counts[LEVELS])
{
    for (const char *at = topology; at; at = strchr(at, ',')) {
        at += strspn(at, ", ");
        char *word;
        unsigned long n = strtoul(at, &word, 10);
        word += *word == ' ';
        for (size_t i = 0; i < LEVELS; i++) {
            size_t length = strlen(levels[i].word);
            if (strncmp(word, levels[i].word, length) != 0)
                continue;
            const char *rest = word + length + (word[length] == 's');
            if (!*rest || *rest == ',')
                counts[i] = (unsigned)n;
        }
    }
}

/* Threads [first, last) of the machine in boxes of this level; counts are spread evenly. */
static void boxes(const struct page *page, const unsigned counts[LEVELS], size_t level,
                  unsigned first, unsigned last)
{
    unsigned threads = counts[LEVELS - 1];
    while (level < LEVELS && counts[level] == 0)
        level++;
    for (unsigned i = 0; level < LEVELS && i < counts[level]; i++) {
        unsigned from = i * threads / counts[level], to = (i + 1) * threads / counts[level];
        if (from < first || from >= last)
            continue;
        page_print(page, "<span class=\"%s\">", levels[level].style);
        if (level + 2 < LEVELS)
            page_print(page, "<b>%s</b>", levels[level].word);
        boxes(page, counts, level + 1, from, to);
        fputs("</span>", page->to);
    }
}

void page_topology(const struct page *page)
{
    const char *topology = text_fact(page->view->summary, "topology");
    unsigned counts[LEVELS] = {0}, most = 0;
    if (topology)
        counts_read(topology, counts);
    if (counts[LEVELS - 1] == 0 || counts[LEVELS - 1] > PUS_MAX)
        return;
    for (size_t i = 0; i < page->view->group_count; i++)
        most = page->view->groups[i].threads > most ? page->view->groups[i].threads : most;
    page_print(page, "<figure class=\"topology\" role=\"img\" aria-label=\"%s\">", topology);
    boxes(page, counts, 0, 0, counts[LEVELS - 1]);
    page_print(
        page,
        "<figcaption>What the run was allowed to use: %s; a filled box is a hardware thread. "
        "%s%s%s</figcaption></figure>\n",
        topology, most ? "At most " : "", most ? text_threads(most).text : "",
        most ? " ran at once." : "");
}
