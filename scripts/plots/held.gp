# SPDX-License-Identifier: MIT
# held.gp - what a process held over time, and the slope of it after the warm-up, dashed.
# In: unit, sloped (0: not told).

set lmargin at screen left(66)
set rmargin at screen right(24)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(34)
set label 1 unit at screen left(10), up(top_px + 10) textcolor rgb MUTED
data = stem.".tsv"
plot data index 0 using 1:2 with lines lt 2 lw 1.6, \
     for [i = 1:sloped] data index 1 using 1:2 with lines lc rgb "#D55E00" dt (6,4) lw 1.6
