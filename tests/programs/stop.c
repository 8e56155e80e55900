// A child that stops itself is seen to stop, to continue and to exit.
//= 1 create continued
#include "program.h"

int main(void)
{
    int status, go[2];
    char byte;
    CHECK(pipe(go) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(raise(SIGSTOP) == 0);
        create("continued");
        // Not gone before its parent has asked.
        CHECK(read(go[0], &byte, 1) == 1);
        _exit(5);
    }
    CHECK(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    usleep(100000);
    CHECK(waitpid(pid, &status, WNOHANG) == 0);
    CHECK(access("continued", F_OK) < 0);
    CHECK(kill(pid, SIGCONT) == 0);
    CHECK(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
    CHECK(write(go[1], "x", 1) == 1);
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 5);
    return 0;
}
