# SPDX-License-Identifier: MIT
# Time to acquire by percentile, the axis counting nines.
# In: lines, line_hue, line_strong, tick_ns and futex_ns (0: not in range), the labels, theirs among them.

set lmargin at screen left(62)
set rmargin at screen right(136)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(52)
set xrange [0.30103:4]
set xtics ("50" 0.30103, "90" 1, "99" 2, "99.9" 3, "99.99" 4)
set label 1 "wait, log scale" at screen left(10), up(top_px + 10) textcolor rgb MUTED
set label 2 "percentile" at screen (left(62) + right(136)) / 2, bottom(10) center textcolor rgb MUTED
if (futex_ns > 0) {
    set arrow 1 from graph 0, first futex_ns to graph 1, first futex_ns nohead lc rgb MUTED dt (4,4) lw 1 back
}
if (tick_ns > 0) {
    set arrow 2 from graph 0, first tick_ns to graph 1, first tick_ns nohead lc rgb MUTED dt (4,4) lw 1 back
}
load plots."/labels.gp"
hue_of(i) = int(word(line_hue, i))
weight(i) = word(line_strong, i) eq "1" ? STRONG : LIGHT
data = stem.".tsv"
plot for [i = 1:lines] data index i-1 using 2:3 with lines lt hue_of(i) lw weight(i)
