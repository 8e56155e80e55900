// A vforked child opens, then executes, while its parent is held.
//= 1 create from-vfork
//= 2 create from-child
//= 1 create after
#include "program.h"

int main(int argc, char **argv)
{
    if (argc > 1) {
        create("from-child");
        return 0;
    }
    char *arguments[] = { argv[0], "child", NULL };
    pid_t pid = vfork();
    if (pid == 0) {
        close(open("from-vfork", O_WRONLY | O_CREAT | O_EXCL, 0666));
        execv(argv[0], arguments);
        _exit(FAILED);
    }
    CHECK(pid > 0);
    wait_success(pid);
    create("after");
    return 0;
}
