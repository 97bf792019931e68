# SPDX-License-Identifier: MIT
# Throughput as a share of each workload's best.

load plots."/heat.gp"
