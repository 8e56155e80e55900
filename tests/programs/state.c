// Prints everything a command could notice of its supervisor. The same bytes must come out with and without one.
// Lines that begin with "report" are for people: they may differ.
#include "program.h"
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/personality.h>

extern char **environ;

static int compare_ints(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void descriptors(void)
{
    int fds[4096], count = 0;
    DIR *dir = opendir("/proc/self/fd");
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(dir) && count < 4096)
            fds[count++] = fd;
    }
    closedir(dir);
    qsort(fds, count, sizeof *fds, compare_ints);
    for (int i = 0; i < count; i++) {
        char name[64], target[PATH_MAX + 1];
        snprintf(name, sizeof name, "/proc/self/fd/%d", fds[i]);
        ssize_t length = readlink(name, target, PATH_MAX);
        CHECK(length >= 0);
        target[length] = 0;
        // pipe:[123]: the number is the machine's, not the command's.
        char *number = target[0] == '/' ? NULL : strchr(target, '[');
        if (number != NULL)
            *number = 0;
        printf("fd %d %s cloexec=%d flags=%#o offset=%lld", fds[i], target,
               fcntl(fds[i], F_GETFD), fcntl(fds[i], F_GETFL), (long long)lseek(fds[i], 0, SEEK_CUR));
        struct stat own, other;
        CHECK(fstat(fds[i], &own) == 0);
        for (int j = 0; j < i; j++) {
            CHECK(fstat(fds[j], &other) == 0);
            if (own.st_dev == other.st_dev && own.st_ino == other.st_ino) {
                printf(" same-as=%d", fds[j]);
                break;
            }
        }
        putchar('\n');
    }
}

static void status_lines(void)
{
    static const char *const compared[] = {
        "Umask:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:",
        "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:",
        "Uid:", "Gid:", "Groups:", "Threads:", "Cpus_allowed:", "Mems_allowed:", "CoreDumping:", "THP_enabled:",
    };
    static const char *const reported[] = { "NoNewPrivs:", "Seccomp:", "TracerPid:" };
    char line[1024];
    FILE *status = fopen("/proc/self/status", "r");
    CHECK(status != NULL);
    while (fgets(line, sizeof line, status) != NULL) {
        for (size_t i = 0; i < sizeof compared / sizeof *compared; i++)
            if (strncmp(line, compared[i], strlen(compared[i])) == 0)
                printf("status %s", line);
        for (size_t i = 0; i < sizeof reported / sizeof *reported; i++)
            if (strncmp(line, reported[i], strlen(reported[i])) == 0)
                printf("report %s", line);
    }
    fclose(status);
}

static void file_line(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        strcpy(line, "none\n");
    printf("%s %s", path, line);
    if (file != NULL)
        fclose(file);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        printf("argv %d %s\n", i, argv[i]);
    for (char **entry = environ; *entry != NULL; entry++)
        printf("env %s\n", *entry);
    descriptors();
    status_lines();
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit;
        CHECK(getrlimit(i, &limit) == 0);
        printf("rlimit %d %llu %llu\n", i, (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max);
    }
    for (int i = 1; i <= SIGRTMAX; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
            printf("signal %d %s\n", i, action.sa_handler == SIG_IGN ? "ignored" : "caught");
    }

    char directory[PATH_MAX];
    CHECK(getcwd(directory, sizeof directory) != NULL);
    printf("cwd %s\n", directory);
    printf("group leads=%d session leads=%d group-is-session=%d parent-in-group=%d parent-in-session=%d\n",
           getpgrp() == getpid(), getsid(0) == getpid(), getpgrp() == getsid(0),
           getpgid(getppid()) == getpgrp(), getsid(getppid()) == getsid(0));
    for (int fd = 0; fd <= 2; fd++) {
        pid_t foreground = tcgetpgrp(fd);
        printf("terminal %d isatty=%d foreground=%d\n", fd, isatty(fd), foreground < 0 ? -1 : foreground == getpgrp());
    }
    errno = 0;
    printf("nice %d scheduler=%d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
    cpu_set_t cpus;
    CHECK(sched_getaffinity(0, sizeof cpus, &cpus) == 0);
    printf("cpus %d\n", CPU_COUNT(&cpus));
    int death_signal = -1, reaper = -1;
    CHECK(prctl(PR_GET_PDEATHSIG, &death_signal) == 0);
    CHECK(prctl(PR_GET_CHILD_SUBREAPER, &reaper) == 0);
    printf("prctl death-signal=%d subreaper=%d dumpable=%d timer-slack=%d securebits=%d keep-caps=%d personality=%#x\n",
           death_signal, reaper, prctl(PR_GET_DUMPABLE), prctl(PR_GET_TIMERSLACK), prctl(PR_GET_SECUREBITS),
           prctl(PR_GET_KEEPCAPS), personality(0xffffffff));
    stack_t stack;
    CHECK(sigaltstack(NULL, &stack) == 0);
    printf("altstack %d\n", stack.ss_flags);
    for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
        struct itimerval timer;
        CHECK(getitimer(which, &timer) == 0);
        printf("timer %d %ld\n", which, timer.it_value.tv_sec * 1000000 + timer.it_value.tv_usec);
    }
    file_line("/proc/self/oom_score_adj");
    file_line("/proc/self/coredump_filter");
    file_line("/proc/self/comm");
    int child = waitpid(-1, NULL, WNOHANG);
    printf("children %d %s\n", child, child < 0 && errno == ECHILD ? "none" : "some");
    fflush(stdout);
    return ferror(stdout) ? FAILED : 0;
}
