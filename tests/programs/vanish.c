// Processes killed in the middle of their calls, and files gone between open and whatever comes next.
//= 1 create done
#include "program.h"

static void churn(int number)
{
    char name[32];
    snprintf(name, sizeof name, "/tmp/fptrace-vanish-%d-%d", (int)getpid(), number);
    for (;;) {
        int fd = open(name, O_RDWR | O_CREAT, 0666);
        unlink(name);
        if (fd >= 0)
            close(fd);
        access("nothing", F_OK);
    }
}

int main(void)
{
    for (int round = 0; round < 40; round++) {
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0)
            churn(round);
        usleep(200 * (round % 10));
        CHECK(kill(pid, SIGKILL) == 0);
        int status;
        CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        char name[64];
        snprintf(name, sizeof name, "/tmp/fptrace-vanish-%d-%d", (int)pid, round);
        unlink(name);
    }
    create("done");
    return 0;
}
