# SPDX-License-Identifier: MIT
# lines.gp - the muted lines first, then the named with their bands.
# In: muted, lines, line_hue, line_strong, unit, axis_name, the labels.

set lmargin at screen left(66)
set rmargin at screen right(136)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(52)
set label 1 unit at screen left(10), up(top_px + 10) textcolor rgb MUTED
set label 2 axis_name at screen (left(66) + right(136)) / 2, bottom(10) center textcolor rgb MUTED
load plots."/labels.gp"
hue_of(i) = int(word(line_hue, i))
weight(i) = word(line_strong, i) eq "1" ? STRONG : LIGHT
data = stem.".tsv"
plot for [i = 1:muted] data index i-1 using 2:3 with lines lc rgb RULE lw 1.4 dt 1, \
     for [i = 1:lines] data index muted+i-1 using 2:4:5 with filledcurves lt hue_of(i) fs transparent solid BAND noborder, \
     for [i = 1:lines] data index muted+i-1 using 2:3 with linespoints lt hue_of(i) lw weight(i)
