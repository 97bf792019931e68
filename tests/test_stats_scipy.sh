#!/bin/sh
# SPDX-License-Identifier: MIT
# test_stats_scipy.sh TEST_STATS: what test_stats --print computed, computed again by scipy. Exit 77
# where no Python with scipy is found.
set -eu

for python in python3 /usr/bin/python3; do
    if "$python" -c 'import scipy.stats' 2>/dev/null; then
        "$1" --print | "$python" -W ignore -c '
import math, sys
import numpy
from scipy import stats

def wilcoxon(x):
    x = x[x != 0]
    if len(x) == 0:
        return 1.0
    exact = len(x) <= 25 and len(set(abs(x))) == len(x)
    return stats.wilcoxon(x, correction=True, mode="exact" if exact else "approx").pvalue

def mann_whitney(x, y):
    both = list(x) + list(y)
    if len(set(both)) == 1:
        return 1.0
    exact = len(x) * len(y) <= 400 and len(set(both)) == len(both)
    return stats.mannwhitneyu(x, y, method="exact" if exact else "asymptotic").pvalue

peers = {"wilcoxon": wilcoxon, "mann_whitney": mann_whitney,
         "quantile": lambda x: numpy.quantile(x, 0.3)}
done = failed = 0
for line in sys.stdin:
    name, ours, *samples = line.rstrip("\n").split("\t")
    theirs = peers[name](*(numpy.array([float(v) for v in s.split(",")]) for s in samples))
    done += 1
    if not math.isclose(float(ours), theirs, rel_tol=1e-9, abs_tol=1e-12):
        failed += 1
        print(f"{name}: {ours}, scipy says {theirs}: {samples}", file=sys.stderr)
print(f"stats_scipy: {done} checks, {failed} failed")
sys.exit(failed > 0 or done == 0)
'
        exit
    fi
done
echo "stats_scipy: skipped: no python3 with scipy (Debian: python3-scipy)"
exit 77
