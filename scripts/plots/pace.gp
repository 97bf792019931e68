# SPDX-License-Identifier: MIT
# Operations per second over the time of a soak; an orange rule for each violation. In: violations, top of the axis.

set lmargin at screen left(66)
set rmargin at screen right(24)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(34)
set label 1 "operations per second" at screen left(10), up(top_px + 10) textcolor rgb MUTED
data = stem.".tsv"
plot data index 0 using 1:2 with filledcurves y1=0 lt 2 fs transparent solid BAND noborder, \
     data index 0 using 1:2 with lines lt 2 lw 1.6, \
     for [i = 1:(violations > 0 ? 1 : 0)] data index 1 using 1:(top) with impulses lc rgb "#D55E00" lw 1.6 dt 1
