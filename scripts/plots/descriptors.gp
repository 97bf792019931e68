# SPDX-License-Identifier: MIT
# Open files of a soak's own process.

load plots."/held.gp"
