// Counts the signals that reach it. After each it rewrites the file tally: NAME COUNT ... in the order below. Ends on SIGUSR1.
#include "program.h"

static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGCONT, SIGUSR1 };
enum { SIGNALS = sizeof numbers / sizeof numbers[0] };

int main(void)
{
    int counts[SIGNALS] = { 0 };
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction now;
        CHECK(sigaction(numbers[i], NULL, &now) == 0);
        if (now.sa_handler != SIG_IGN)
            sigaddset(&set, numbers[i]);
    }
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    for (;;) {
        char text[256];
        int length = snprintf(text, sizeof text, "pid %d", (int)getpid());
        for (int i = 0; i < SIGNALS; i++)
            length += snprintf(text + length, sizeof text - length, " %s %d", sigabbrev_np(numbers[i]), counts[i]);
        int fd = open("tally.new", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        CHECK(fd >= 0);
        CHECK(write(fd, text, length) == length);
        CHECK(close(fd) == 0);
        CHECK(rename("tally.new", "tally") == 0);
        if (counts[SIGNALS - 1] > 0)
            return 0;
        int got = sigwaitinfo(&set, NULL);
        for (int i = 0; i < SIGNALS; i++)
            counts[i] += numbers[i] == got;
    }
}
