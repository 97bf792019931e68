# SPDX-License-Identifier: MIT
# How long each injected control lived, a control a row: blue, caught; orange, it survived. In: rows.

set lmargin at screen left(204)
set rmargin at screen right(20)
set tmargin at screen up(top_px + 8)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
set grid xtics noytics
set ytics scale 0
set label 2 "time until it was caught, log scale" at screen right(20), bottom(10) right textcolor rgb MUTED
data = stem.".tsv"
plot data using 3:($4 == 0 ? $1 : NaN) with points lt 2 pt 7 ps 0.5, \
     data using 3:($4 == 1 ? $1 : NaN) with points lt 3 pt 9 ps 0.8, \
     data using 3:($5 == 1 ? $1 : NaN):6 with labels left offset 0.8,0 textcolor rgb INK
