# SPDX-License-Identifier: MIT
# Time from one thread's act to another's answer, median to p99. In: futex_ns (0: not in range).

if (futex_ns > 0) {
    set arrow 1 from futex_ns, graph 0 to futex_ns, graph 1 nohead lc rgb MUTED dt (4,4) lw 1 back
    set label 3 "futex round trip" at futex_ns, graph 1 offset -1,0.6 left textcolor rgb MUTED
}
axis_name = "median to p99"
load plots."/rows.gp"
