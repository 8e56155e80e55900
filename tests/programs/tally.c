// Counts the signals that reach it. After each signal it rewrites the file tally: NAME COUNT ... in the order below.
// SIGUSR1 ends it.
#include "program.h"

static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT, SIGUSR1 };
enum { SIGNALS = sizeof numbers / sizeof numbers[0] };

static volatile sig_atomic_t counts[65];

static void count(int number)
{
    counts[number]++;
}

int main(void)
{
    sigset_t set, old;
    sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction now, action = { .sa_handler = count };
        CHECK(sigaction(numbers[i], NULL, &now) == 0);
        if (now.sa_handler != SIG_IGN)
            CHECK(sigaction(numbers[i], &action, NULL) == 0);
        sigaddset(&set, numbers[i]);
    }
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    for (;;) {
        char text[256];
        int length = snprintf(text, sizeof text, "pid %d", (int)getpid());
        for (int i = 0; i < SIGNALS; i++)
            length += snprintf(text + length, sizeof text - length, " %s %d",
                               sigabbrev_np(numbers[i]), (int)counts[numbers[i]]);
        int fd = open("tally.new", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        CHECK(fd >= 0);
        CHECK(write(fd, text, length) == length);
        CHECK(close(fd) == 0);
        CHECK(rename("tally.new", "tally") == 0);
        if (counts[SIGUSR1] > 0)
            return 0;
        sigsuspend(&old);
    }
}
