// No signal is lost, doubled or turned into a stop, and interrupted calls end as they would alone.
//= 1 create fifo
//= 1 create done
//? 1 read fifo
#include "program.h"

static volatile sig_atomic_t user, realtime, children, alarms;

static void count(int signal)
{
    if (signal == SIGUSR1)
        user++;
    else if (signal == SIGCHLD)
        children++;
    else if (signal == SIGALRM)
        alarms++;
    else
        realtime++;
}

static void handle(int signal, int flags)
{
    struct sigaction action = { .sa_handler = count, .sa_flags = flags };
    CHECK(sigaction(signal, &action, NULL) == 0);
}

int main(void)
{
    handle(SIGUSR1, SA_RESTART);
    handle(SIGRTMIN, SA_RESTART);
    handle(SIGCHLD, SA_RESTART);
    for (int i = 0; i < 100; i++) {
        CHECK(kill(getpid(), SIGUSR1) == 0);
        CHECK(user == i + 1);
    }

    // Queued ones do not merge.
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    for (int i = 0; i < 50; i++)
        CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval) { .sival_int = i }) == 0);
    CHECK(realtime == 0);
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
    CHECK(realtime == 50);

    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0)
            _exit(0);
        wait_success(pid);
        CHECK(children == i + 1);
    }

    // A read without SA_RESTART ends with EINTR; so does an open that waits for the other end of a FIFO.
    handle(SIGALRM, 0);
    int pipes[2];
    char byte;
    struct itimerval soon = { .it_value.tv_usec = 50000 };
    CHECK(pipe(pipes) == 0);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(read(pipes[0], &byte, 1) < 0 && errno == EINTR && alarms == 1);
    CHECK(mkfifo("fifo", 0666) == 0);
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(open("fifo", O_RDONLY) < 0 && errno == EINTR && alarms == 2);

    // With SA_RESTART the read goes on.
    handle(SIGALRM, SA_RESTART);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        usleep(150000);
        _exit(write(pipes[1], "x", 1) == 1 ? 0 : FAILED);
    }
    CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    CHECK(read(pipes[0], &byte, 1) == 1 && alarms == 3);
    wait_success(pid);
    CHECK(user == 100 && realtime == 50 && children == 21);
    create("done");
    return 0;
}
