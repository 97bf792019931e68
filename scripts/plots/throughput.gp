# SPDX-License-Identifier: MIT
# The answer over threads of one workload. In: cpus (0: no rule).

if (cpus > 0) {
    set arrow 1 from cpus, graph 0 to cpus, graph 1 nohead lc rgb MUTED dt (4,4) lw 1 back
    set label 3 cpus == 1 ? "1 CPU" : sprintf("%d CPUs", cpus) at cpus, graph 0.035 left offset 0.5,0 textcolor rgb MUTED
}
axis_name = "threads"
load plots."/lines.gp"
