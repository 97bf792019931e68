# SPDX-License-Identifier: MIT
# Wall time of one operation, an implementation a row. In: rows, limit_ns (0: none).

set lmargin at screen left(136)
set rmargin at screen right(20)
set tmargin at screen up(top_px + 24)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
set grid xtics noytics
set ytics scale 0
set label 2 "ns per operation" at screen (left(136) + right(20)) / 2, bottom(10) center textcolor rgb MUTED
if (limit_ns > 0) {
    set arrow 1 from limit_ns, graph 0 to limit_ns, graph 1 nohead lc rgb MUTED dt (4,4) lw 1 back
    set label 3 "exchange + store" at limit_ns, graph 1 offset -1,0.6 left textcolor rgb MUTED
}
data = stem.".tsv"
plot for [h = 1:8] data using 3:($6 == h ? $1 : NaN):4:5 with xerrorbars lt h lw 1.6 dt 1
