// execveat on a descriptor.
//= 1 create before
//= 2 create after-exec
#include "program.h"

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        create("after-exec");
        return 0;
    }
    char *arguments[] = { argv[0], "child", NULL };
    int fd = open(argv[0], O_PATH | O_CLOEXEC);
    CHECK(fd >= 0);
    create("before");
    syscall(SYS_execveat, fd, "", arguments, environ, AT_EMPTY_PATH);
    CHECK(!"execveat");
}
