// SPDX-License-Identifier: MIT
/* contend model: the model is a program of its own, built from the same sources against other headers;
   it stands beside this one. */
#include "cli/cli.h"
#include "support/fail.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *cli_model_program(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        fail(EXIT_ENVIRONMENT, "model: /proc/self/exe: %s", strerror(errno));
    self[length] = '\0';
    return must_printf("%s/contend-model", dirname(self));
}

int command_model(int argc, char **argv)
{
    char *program = cli_model_program();
    (void)argc;
    argv[0] = program;
    execv(program, argv);
    fail(EXIT_ENVIRONMENT, "model: %s: %s", program, strerror(errno));
}
