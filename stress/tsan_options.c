// SPDX-License-Identifier: MIT
/* What ThreadSanitizer's runtime asks for when the program was built with it; else nobody calls it.
   The first report ends the process, with CHILD_EXIT_TSAN. */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
    return "halt_on_error=1:exitcode=66";
}
