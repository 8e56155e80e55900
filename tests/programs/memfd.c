// A program that runs from memory.
//= 1 create before
//= 2 read /dev/fptrace/memfd/1
//= 2 create after
#include "program.h"

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(open("/proc/self/exe", O_RDONLY) >= 0);
        create("after");
        return 0;
    }
    char *arguments[] = { "from-memory", "child", NULL }, buffer[65536];
    int from = open("/proc/self/exe", O_RDONLY), to = memfd_create("program", MFD_CLOEXEC);
    CHECK(from >= 0 && to >= 0);
    ssize_t length;
    while ((length = read(from, buffer, sizeof buffer)) > 0)
        CHECK(write(to, buffer, length) == length);
    create("before");
    fexecve(to, arguments, environ);
    if (errno == EACCES)
        return UNSUPPORTED;
    CHECK(!"fexecve");
    (void)argv;
}
