// SPDX-License-Identifier: MIT
enum { CAPACITY = 2 };

#include "stress/model/genmc/queue_many.h"

#include "stress/model/genmc/program.h"
