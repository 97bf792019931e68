# SPDX-License-Identifier: MIT
# heat.gp - a cell for each implementation and workload: 0, dark orange, is bad; 1, pale blue, is good.
# In: rows, columns, column_name, names_px (their height).

set lmargin at screen left(136)
set rmargin at screen left(136 + 44 * columns)
set tmargin at screen up(top_px + 8)
set bmargin at screen bottom(names_px)
set xrange [-0.5:columns-0.5]
set yrange [rows-0.5:-0.5]
unset border
unset grid
unset xtics
set ytics scale 0
do for [i = 1:columns] {
    set label 10+i column_name[i] at i-0.85, graph 0 offset 0,-0.6 right rotate by 40 textcolor rgb INK
}
set palette defined (0 "#8F3200", 0.25 "#D55E00", 0.5 "#F2A465", 0.8 "#FBE9D7", 0.95 "#EEF3F8", 1 "#DCEAF5")
set cbrange [0:1]
unset colorbox
data = stem.".tsv"
plot data using 2:1:($2-0.48):($2+0.48):($1-0.46):($1+0.46):($5 < 0 ? NaN : $5) with boxxyerror lc palette fs solid 1 noborder, \
     data using 2:1:6:($5 < 0.25 && $5 >= 0 ? 0xFFFFFF : 0x24292F) with labels textcolor rgb variable
