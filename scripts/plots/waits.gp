# SPDX-License-Identifier: MIT
# The longest wait of every case, an implementation a row; the longest of all spelled. In: rows.

set lmargin at screen left(136)
set rmargin at screen right(20)
set tmargin at screen up(top_px + 8)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
set grid xtics noytics
set ytics scale 0
set label 2 "longest wait, log scale" at screen (left(136) + right(20)) / 2, bottom(10) center textcolor rgb MUTED
data = stem.".tsv"
plot data using 3:($4 == 0 ? $1 : NaN) with points lt 2 pt 7 ps 0.35 lc rgb "#8FB8D8", \
     data using 3:($4 == 1 ? $1 : NaN) with points lt 2 pt 7 ps 0.6, \
     data using 3:($4 == 1 ? $1 : NaN):5 with labels left offset 0.8,0 textcolor rgb INK
