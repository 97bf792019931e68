// SPDX-License-Identifier: MIT
enum { CAPACITY = 1 };

#include "stress/model/genmc/queue_many.h"

#include "stress/model/genmc/program.h"
