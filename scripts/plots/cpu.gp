# SPDX-License-Identifier: MIT
# CPU time of one operation against throughput; the named in front of the muted. In: the labels.

set lmargin at screen left(62)
set rmargin at screen right(136)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(52)
set grid xtics ytics
set label 1 "CPU time per operation" at screen left(10), up(top_px + 10) textcolor rgb MUTED
set label 2 "million operations per second" at screen (left(62) + right(136)) / 2, bottom(10) center textcolor rgb MUTED
load plots."/labels.gp"
data = stem.".tsv"
plot data using 2:($4 == 8 && $5 == 0 ? $3 : NaN) with points lt 8 ps 0.7, \
     for [h = 1:7] data using 2:($4 == h ? $3 : NaN) with points lt h ps 1, \
     data using 2:($4 == 8 && $5 == 1 ? $3 : NaN) with points lt 8 lc rgb MUTED ps 1
