# SPDX-License-Identifier: MIT
# Resident memory of a soak's own process.

load plots."/held.gp"
