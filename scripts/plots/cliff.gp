# SPDX-License-Identifier: MIT
# The share of its throughput that an implementation keeps when threads outnumber CPUs.

load plots."/heat.gp"
