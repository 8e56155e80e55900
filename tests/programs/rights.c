// Writes its rights to stdout and its number to the file pid, and exits with 3. With a file as its last argument it
// first waits until that file exists.
#include "program.h"
#include <poll.h>

int main(int argc, char **argv)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    CHECK(status);
    while (fgets(line, sizeof line, status))
        if (!strncmp(line, "Uid", 3) || !strncmp(line, "Gid", 3) || !strncmp(line, "CapPrm", 6))
            fputs(line, stdout);
    fflush(stdout);
    FILE *pid = fopen("pid", "we");
    CHECK(pid && fprintf(pid, "pid %d\n", (int)getpid()) > 0 && fclose(pid) == 0);
    while (argc > 1 && access(argv[argc - 1], F_OK) != 0)
        poll(NULL, 0, 10);
    return 3;
}
