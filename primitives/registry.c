// SPDX-License-Identifier: MIT
#include "contend_impls.h"

#define ROW(kind, id, field) &ct_##kind##_##id##_ops.impl,
const struct ct_impl *const ct_impls[] = {CT_IMPLS_ALL(ROW) NULL};

const struct ct_trait_name ct_trait_names[] = {
    {CT_REFERENCE, "reference"}, {CT_FIFO, "fifo"},
    {CT_SPINS, "spins"},         {CT_PARKS, "parks"},
    {CT_TIMED, "timed"},         {CT_PI, "pi"},
    {CT_OPAQUE, "opaque"},       {CT_LATE, "late"},
    {CT_PEER, "peer"},           {CT_PSHARED, "pshared"},
    {CT_ROBUST, "robust"},       {CT_THREADS, "threads"},
    {CT_UNORDERED, "unordered"}, {CT_INEXACT, "inexact"},
    {CT_DEFECTIVE, "defective"}, {0, NULL},
};
