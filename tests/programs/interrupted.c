// Calls that wait for nothing do not end with EINTR, whenever a signal comes: programs do not expect it of them.
//< dir/
//: unordered
//= 1 create file
//= 1 read file
#include "program.h"
#include <sys/statfs.h>

enum { ROUNDS = 400, PAUSE = 20 };

static volatile sig_atomic_t signals;
static int interrupted;

static void count(int number)
{
    (void)number;
    signals++;
}

static void made(const char *call, long result, int error)
{
    if (result < 0 && errno == EINTR) {
        fprintf(stderr, "%s: EINTR\n", call);
        interrupted = 1;
    } else {
        CHECK(error == 0 ? result >= 0 : result < 0 && errno == error);
    }
}

#define MADE(call, error) made(#call, call, error)

int main(void)
{
    char buffer[1024];
    char *nothing[] = { NULL };
    struct stat status;
    struct statfs system;
    struct sigaction action = { .sa_handler = count };
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);

    // Descriptors 0 and 1 are the file, as in a shell's redirection.
    CHECK(close(0) == 0 && open("file", O_RDWR | O_CREAT | O_EXCL, 0666) == 0);
    CHECK(dup2(0, 1) == 1);
    pid_t self = getpid(), sender = fork();
    CHECK(sender >= 0);
    if (sender == 0) {
        while (getppid() == self && kill(self, SIGUSR1) == 0)
            usleep(PAUSE);
        _exit(0);
    }
    for (int i = 0; i < ROUNDS; i++) {
        int fd = open("file", O_RDONLY);
        MADE(fd, 0);
        MADE(open("absent", O_RDONLY), ENOENT);
        MADE(execve("dir/absent", nothing, nothing), ENOENT);
        MADE(stat("dir", &status), 0);
        MADE(access("absent", R_OK), ENOENT);
        MADE(readlink("dir", buffer, sizeof buffer), EINVAL);
        MADE(statfs("dir", &system), 0);
        MADE(write(1, "words", 5), 0);
        MADE(read(0, buffer, sizeof buffer), 0);
        MADE(dup2(1, 0), 0);
        MADE(dup3(0, 1, O_CLOEXEC), 0);
        MADE(fcntl(1, F_SETFD, 0), 0);
        int directory = open("dir", O_RDONLY | O_DIRECTORY);
        MADE(directory, 0);
        if (directory >= 0) {
            MADE(syscall(SYS_getdents64, directory, buffer, sizeof buffer), 0);
            MADE(close(directory), 0);
        }
        if (fd >= 0)
            MADE(close(fd), 0);
    }
    CHECK(signals > 0);
    CHECK(kill(sender, SIGKILL) == 0);
    int end;
    while (waitpid(sender, &end, 0) < 0)
        CHECK(errno == EINTR);
    return interrupted ? FAILED : 0;
}
