// Descriptors that come from another process without a word of it, and a table of descriptors that is no longer shared.
//< child/
//< mine/
//= 1 create child/by-parent
//= 1 create mine/by-parent
//= 1 create child/by-child
#include "program.h"

static int ready[2];

static int other(void *unused)
{
    (void)unused;
    // Shared until now: afterwards the same number is another directory here.
    CHECK(unshare(CLONE_FILES) == 0);
    int directory = open("child", O_RDONLY | O_DIRECTORY);
    CHECK(directory >= 0 && dup2(directory, 50) == 50);
    CHECK(write(ready[1], "x", 1) == 1);
    pause();
    return 0;
}

int main(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    char byte;
    CHECK(pipe(ready) == 0);
    int mine = open("mine", O_RDONLY | O_DIRECTORY);
    CHECK(mine >= 0 && dup2(mine, 50) == 50);
    pid_t pid = clone(other, stack + sizeof stack, CLONE_FILES | SIGCHLD, NULL);
    CHECK(pid >= 0 && read(ready[0], &byte, 1) == 1);
    int pidfd = syscall(434, pid, 0);
    int taken = pidfd < 0 ? -1 : syscall(438, pidfd, 50, 0);
    if (taken < 0 && (errno == ENOSYS || errno == EPERM)) {
        kill(pid, SIGKILL);
        return UNSUPPORTED;
    }
    CHECK(taken >= 0);
    CHECK(openat(taken, "by-parent", O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(openat(50, "by-parent", O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(openat(taken, "by-child", O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(kill(pid, SIGKILL) == 0);
    CHECK(waitpid(pid, NULL, 0) == pid);
    return 0;
}
