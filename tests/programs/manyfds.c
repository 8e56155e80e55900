// Five thousand descriptors that outlive execve.
//= 1 create before
//= 2 create after
#include "program.h"

enum { LAST = 5002 };

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(fcntl(LAST, F_GETFD) == 0);
        create("after");
        return 0;
    }
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    if (limit.rlim_max <= LAST)
        return UNSUPPORTED;
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    char *arguments[] = { argv[0], "child", NULL };
    int last = -1;
    create("before");
    while (last < LAST) {
        last = open("/dev/null", O_RDONLY);
        CHECK(last >= 0);
    }
    execv(argv[0], arguments);
    _exit(FAILED);
}
