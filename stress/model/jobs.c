// SPDX-License-Identifier: MIT
#include "stress/model/jobs.h"

#include "stress/model/guard.h"
#include "stress/model/search.h"
#include "support/fail.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct job {
    pid_t process; /* 0: not begun, or done */
    FILE *output;
};

enum { FAILED_MAX = 200 }; /* of an exit status; above are those of programs that die */

static void begin(const struct jobs *j, struct job *job, unsigned number)
{
    int file = memfd_create("job", MFD_CLOEXEC);
    if (file < 0 || !(job->output = fdopen(file, "r+")))
        fail(EXIT_ENVIRONMENT, "model: no memory for a job's output: %s", strerror(errno));
    fflush(NULL);
    job->process = fork();
    if (job->process < 0)
        fail(EXIT_ENVIRONMENT, "model: fork: %s", strerror(errno));
    if (job->process > 0)
        return;
    if (dup2(file, STDOUT_FILENO) < 0)
        fail(EXIT_ENVIRONMENT, "model: dup2: %s", strerror(errno));
    guard_install(); /* a timer is not inherited */
    unsigned failed = j->run(number);
    fflush(stdout);
    _exit((int)(failed < FAILED_MAX ? failed : FAILED_MAX));
}

/* One of them ended. Returns how many failed in it. */
static unsigned reap(const struct jobs *j, struct job *jobs)
{
    int status;
    pid_t process;
    while ((process = waitpid(-1, &status, 0)) < 0) {
        if (errno != EINTR)
            fail(EXIT_ENVIRONMENT, "model: waitpid: %s", strerror(errno));
        for (unsigned i = 0; i < j->count && search_interrupted; i++) {
            if (jobs[i].process > 0)
                kill(jobs[i].process, SIGINT);
        }
    }
    unsigned i = 0;
    while (jobs[i].process != process)
        i++;
    jobs[i].process = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) <= FAILED_MAX)
        return (unsigned)WEXITSTATUS(status);
    complain("model: %s: died: %s", j->name(i),
             WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit");
    return 1;
}

unsigned jobs_run(const struct jobs *j)
{
    struct job *jobs = must_alloc((j->count + 1) * sizeof *jobs);
    unsigned failed = 0, next = 0, running = 0, shown = 0;
    while (shown < next || (next < j->count && !search_interrupted)) {
        if (next < j->count && running < j->side_by_side && !search_interrupted) {
            begin(j, &jobs[next], next);
            next++;
            running++;
            continue;
        }
        if (running > 0) {
            failed += reap(j, jobs);
            running--;
        }
        for (; shown < next && jobs[shown].process == 0; shown++) {
            rewind(jobs[shown].output);
            j->output(jobs[shown].output);
            fclose(jobs[shown].output);
        }
    }
    free(jobs);
    return failed;
}
