# SPDX-License-Identifier: MIT
# The slowest thread's share of the fastest's: 0 is starvation, 1 an equal share.

load plots."/heat.gp"
