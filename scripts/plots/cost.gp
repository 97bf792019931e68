# SPDX-License-Identifier: MIT
# What answers the workload's question at one number of threads. In: limit_ns (0: none), unit.

if (limit_ns > 0) {
    set arrow 1 from limit_ns, graph 0 to limit_ns, graph 1 nohead lc rgb MUTED dt (4,4) lw 1 back
    set label 3 "exchange + store" at limit_ns, graph 1 offset -1,0.6 left textcolor rgb MUTED
}
axis_name = unit
load plots."/rows.gp"
