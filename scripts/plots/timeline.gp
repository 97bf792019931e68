# SPDX-License-Identifier: MIT
# What each implementation did over time: a cell is darker for more operations; an orange triangle is a
# violation. In: rows, low and high (log10 of the operations of a cell).

set lmargin at screen left(136)
set rmargin at screen right(62)
set tmargin at screen up(top_px + 8)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
unset grid
set ytics scale 0
set label 2 "time" at screen (left(136) + right(62)) / 2, bottom(10) center textcolor rgb MUTED
set palette defined (0 "#CFE3F3", 0.5 "#6AAED6", 1 "#08519C")
set cbrange [low:high]
unset colorbox
data = stem.".tsv"
plot data index 0 using (($3+$4)/2):1:3:4:($1-0.4):($1+0.4):5 with boxxyerror lc palette fs solid 1 noborder, \
     data index 0 using ($6 > 0 ? ($3+$4)/2 : NaN):1 with points pt 9 ps 1.7 lc rgb "#FFFFFF", \
     data index 0 using ($6 > 0 ? ($3+$4)/2 : NaN):1 with points pt 9 ps 1.1 lc rgb "#D55E00", \
     data index 1 using 2:1:3 with labels left offset 0.6,0 textcolor rgb MUTED
