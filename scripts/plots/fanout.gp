# SPDX-License-Identifier: MIT
# Throughput by how many threads put in and how many take out.

axis_name = "threads that put in → threads that take out"
load plots."/lines.gp"
