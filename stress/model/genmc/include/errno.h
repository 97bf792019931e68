// SPDX-License-Identifier: MIT
/* errno.h for GenMC: its own has not all that POSIX has. */
#ifndef GENMC_ERRNO_H
#define GENMC_ERRNO_H

#include_next <errno.h>

#undef ECANCELED
#define ECANCELED 125

#endif
