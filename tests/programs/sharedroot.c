// A root that processes share (CLONE_FS): when one of them changes it, the paths of the others mean other files.
//< jail/
//< jail/file
//= 1 read jail/file
//= 1 create jail/made
#include "program.h"

int main(void)
{
    int status;
    pid_t child = syscall(SYS_clone, SIGCHLD | CLONE_FS, 0, 0, 0, 0);
    CHECK(child >= 0);
    if (child == 0) {
        if (chroot("jail") < 0)
            _exit(errno == EPERM ? UNSUPPORTED : FAILED);
        _exit(chdir("/") == 0 ? 0 : FAILED);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    if (WEXITSTATUS(status) != 0)
        return WEXITSTATUS(status);
    read_all("/file");
    create("/made");
    return 0;
}
