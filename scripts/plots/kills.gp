# SPDX-License-Identifier: MIT
# Control by checker: caught, blue, with the time it took; missed, orange; grey, not run; empty, not
# its business. In: rows, columns, column_name.

set lmargin at screen left(200)
set rmargin at screen right(12)
set tmargin at screen up(top_px + 26)
set bmargin at screen bottom(8)
set xrange [-0.5:columns-0.5]
set yrange [rows-0.5:-0.5]
unset border
unset grid
unset xtics
set ytics scale 0
do for [i = 1:columns] {
    set label 10+i column_name[i] at i-1, graph 1 offset 0,0.7 center textcolor rgb MUTED
}
data = stem.".tsv"
cell(n) = column(4) == n ? column(1) : NaN
plot data using 2:(cell(1)):($2-0.48):($2+0.48):($1-0.44):($1+0.44) with boxxyerror lc rgb "#CFE3F3" fs solid 1 noborder, \
     data using 2:(cell(2)):($2-0.48):($2+0.48):($1-0.44):($1+0.44) with boxxyerror lc rgb "#D55E00" fs solid 1 noborder, \
     data using 2:(cell(3)):($2-0.48):($2+0.48):($1-0.44):($1+0.44) with boxxyerror lc rgb "#EEF0F2" fs solid 1 noborder, \
     data using 2:1:5:($4 == 2 ? 0xFFFFFF : $4 == 1 ? 0x24292F : 0x59636E) with labels textcolor rgb variable
