// Opens that wait and are given up, or are refused for what no look at the file shows; beside each one that succeeds.
//< full
//< room
//< denied
//= 1 create given-up
//= 1 create killed
//= 1 create answered
//= 1 read answered
//= 1 read room
//: unordered
#include "program.h"
#include <sys/prctl.h>

static void nothing(int number)
{
    (void)number;
}

static void give_up(void)
{
    struct sigaction action = {.sa_handler = nothing};
    struct itimerval often = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    CHECK(mkfifo("given-up", 0600) == 0);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    CHECK(open("given-up", O_RDONLY) < 0 && errno == EINTR);
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void be_killed(void)
{
    CHECK(mkfifo("killed", 0600) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        open("killed", O_RDONLY);
        _exit(FAILED);
    }
    usleep(20000);
    CHECK(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
}

// A handler that runs meanwhile is run once for each signal, and the open goes on.
static void be_answered(void)
{
    struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    CHECK(mkfifo("answered", 0600) == 0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            CHECK(kill(parent, SIGUSR1) == 0);
            usleep(2000);
        }
        CHECK(open("answered", O_WRONLY) >= 0);
        _exit(0);
    }
    CHECK(open("answered", O_RDONLY) >= 0);
    wait_success(child);
}

static void run_out(void)
{
    struct rlimit given, few;
    CHECK(getrlimit(RLIMIT_NOFILE, &given) == 0);
    few = given;
    few.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    CHECK(open("full", O_RDONLY) < 0 && errno == EMFILE);

    int last = 0;
    few.rlim_cur = 200;
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    for (int fd; (fd = dup(0)) >= 0;)
        last = fd;
    CHECK(errno == EMFILE && last > 2);
    CHECK(open("full", O_RDONLY) < 0 && errno == EMFILE);
    CHECK(close(last) == 0);
    CHECK(open("room", O_RDONLY) == last);
    CHECK(setrlimit(RLIMIT_NOFILE, &given) == 0);
}

// landlock(7), where the kernel has it: the right to read files is given up.
static void be_denied(void)
{
    uint64_t handled = 1 << 2;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int rules = syscall(444, &handled, sizeof handled, 0);
        if (rules >= 0) {
            CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(446, rules, 0) == 0);
            CHECK(open("denied", O_RDONLY) < 0 && errno == EACCES);
        }
        _exit(0);
    }
    wait_success(child);
}

int main(void)
{
    give_up();
    be_killed();
    be_answered();
    be_denied();
    run_out();
    return 0;
}
