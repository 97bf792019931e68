# SPDX-License-Identifier: MIT
# Throughput over threads of one workload: the muted lines first, then the named with their bands.
# In: muted, lines, line_hue, line_strong, cpus (0: no rule), unit, the labels.

set lmargin at screen left(66)
set rmargin at screen right(136)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(52)
set label 1 unit at screen left(10), up(top_px + 10) textcolor rgb MUTED
set label 2 "threads" at screen (left(66) + right(136)) / 2, bottom(10) center textcolor rgb MUTED
if (cpus > 0) {
    set arrow 1 from cpus, graph 0 to cpus, graph 1 nohead lc rgb MUTED dt (4,4) lw 1 back
    set label 3 cpus == 1 ? "1 CPU" : sprintf("%d CPUs", cpus) at cpus, graph 0.035 left offset 0.5,0 textcolor rgb MUTED
}
load plots."/labels.gp"
hue_of(i) = int(word(line_hue, i))
weight(i) = word(line_strong, i) eq "1" ? STRONG : LIGHT
data = stem.".tsv"
plot for [i = 1:muted] data index i-1 using 2:3 with lines lc rgb RULE lw 1.4 dt 1, \
     for [i = 1:lines] data index muted+i-1 using 2:4:5 with filledcurves lt hue_of(i) fs transparent solid BAND noborder, \
     for [i = 1:lines] data index muted+i-1 using 2:3 with linespoints lt hue_of(i) lw weight(i)
