// Five hundred descriptors that outlive execve.
//= 1 create before
//= 2 create after
#include "program.h"

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(fcntl(502, F_GETFD) == 0);
        create("after");
        return 0;
    }
    char *arguments[] = { argv[0], "child", NULL };
    int last = -1;
    create("before");
    while (last < 502) {
        last = open("/dev/null", O_RDONLY);
        CHECK(last >= 0);
    }
    execv(argv[0], arguments);
    _exit(FAILED);
}
