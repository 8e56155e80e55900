// Does one thing or another with a stdout that is a file; or runs a command whose stdout is a pipe that never waits.
#include "program.h"
#include <poll.h>
#include <sys/uio.h>

static void print(const char *text)
{
    CHECK(write(1, text, strlen(text)) == (ssize_t)strlen(text));
}

// Reads only when nothing more fits into the pipe.
static void run(char **command)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 && dup2(ends[1], 1) == 1);
        CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
        execv(command[0], command);
        CHECK(0);
    }

    struct pollfd full = {ends[1], POLLOUT, 0};
    while (poll(&full, 1, 0) != 0)
        usleep(1000);
    CHECK(close(ends[1]) == 0);
    char buffer[4096];
    long size = 0;
    ssize_t count;
    while ((count = read(ends[0], buffer, sizeof buffer)) > 0)
        size += count;
    CHECK(count == 0);
    wait_success(pid);
    printf("%ld\n", size);
}

int main(int argc, char **argv)
{
    CHECK(argc >= 2);
    char *way = argv[1];
    if (strcmp(way, "nonblocking") == 0) {
        run(argv + 2);
        return 0;
    }

    print("one\n");
    if (strcmp(way, "pieces") == 0) {
        struct iovec pieces[] = {{"t", 1}, {"wo\n", 3}, {"", 0}, {"three\n", 6}};
        CHECK(writev(1, pieces, 4) == 10);
    } else if (strcmp(way, "otherwise") == 0) {
        int other = fcntl(1, F_DUPFD, 200);
        CHECK(other >= 200 && write(other, "two\n", 4) == 4);
        CHECK(lseek(1, 0, SEEK_CUR) >= 8);
    } else if (strcmp(way, "seek") == 0) {
        CHECK(lseek(1, 100, SEEK_CUR) >= 0);
    } else if (strcmp(way, "place") == 0) {
        CHECK(pwrite(1, "two\n", 4, 0) == 4);
    } else if (strcmp(way, "truncate") == 0) {
        CHECK(ftruncate(1, 0) == 0);
    } else if (strcmp(way, "reopen") == 0) {
        int again = open("/dev/stdout", O_WRONLY);
        CHECK(again > 2 && write(again, "two\n", 4) == 4);
    } else if (strcmp(way, "read") == 0) {
        char byte;
        CHECK(lseek(1, 0, SEEK_SET) == 0 && read(1, &byte, 1) == 1);
    } else if (strcmp(way, "rename") == 0) {
        CHECK(rename("out", "other") == 0);
    } else {
        CHECK(0);
    }

    print("end\n");
    return 0;
}
