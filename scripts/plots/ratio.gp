# SPDX-License-Identifier: MIT
# Throughput as a multiple of the reference's: bars from 1, whiskers, undecided ones hatched. In: rows.

set lmargin at screen left(136)
set rmargin at screen right(16)
set tmargin at screen up(top_px + 8)
set bmargin at screen bottom(52)
set yrange [rows-0.4:-0.6]
set border 1
set grid xtics noytics
set ytics scale 0
set label 2 "throughput, reference = 1×, log scale" at screen left(76), bottom(10) left textcolor rgb MUTED
set arrow 1 from 1, graph 0 to 1, graph 1 nohead lc rgb INK lw 1.6 front
data = stem.".tsv"
from(r) = r < 1 ? r : 1
to(r) = r < 1 ? 1 : r
fill(n) = column(6) == n ? column(1) : NaN
plot data using 3:(fill(1)):(from($3)):(to($3)):($1-0.36):($1+0.36) with boxxyerror lc rgb "#0072B2" fs solid 1 noborder, \
     data using 3:(fill(2)):(from($3)):(to($3)):($1-0.36):($1+0.36) with boxxyerror lc rgb "#AEB7C1" fs solid 1 noborder, \
     data using 3:(fill(3)):(from($3)):(to($3)):($1-0.36):($1+0.36) with boxxyerror lc rgb "#7A8591" fs pattern 4 border lc rgb "#7A8591", \
     data using 3:($6 > 0 ? $1 : NaN):4:5 with xerrorbars lc rgb INK lw 1.2 pt 0 dt 1, \
     data using ($5 > 1 ? $5 : 1):1:7 with labels left offset 0.6,0 textcolor rgb INK
