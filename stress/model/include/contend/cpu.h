// SPDX-License-Identifier: MIT
/* cpu.h under the model: no processor, only the layout that the native header promises. */
#ifndef CONTEND_CPU_H
#define CONTEND_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CT_APART_BYTES 128
#define CT_APART _Alignas(CT_APART_BYTES)

#endif
