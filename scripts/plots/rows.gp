# SPDX-License-Identifier: MIT
# rows.gp - a dot and a bar for each implementation, and the ratio to the reference behind them.
# In: rows, axis_name.

set lmargin at screen left(136)
set rmargin at screen right(20)
set tmargin at screen up(top_px + 24)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
set grid xtics noytics
set ytics scale 0
set label 2 axis_name at screen (left(136) + right(20)) / 2, bottom(10) center textcolor rgb MUTED
data = stem.".tsv"
plot for [h = 1:8] data using 3:($6 == h ? $1 : NaN):4:5 with xerrorbars lt h lw 1.6 dt 1, \
     data using 5:1:7 with labels left offset 0.8,0 textcolor rgb MUTED
