# SPDX-License-Identifier: MIT
# The longest waits of a soak's cases.

load plots."/waits.gp"
