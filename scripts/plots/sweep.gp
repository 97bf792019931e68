# SPDX-License-Identifier: MIT
# The answer over the number in the workloads' names. In: axis, what stands before the number.

axis_name = axis
load plots."/lines.gp"
