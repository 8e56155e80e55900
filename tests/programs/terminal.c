// A terminal with a command in it: the command leads a session and has the terminal as its descriptors 0 to 2.
//
// What comes in at descriptor 0 is typed, what the terminal shows goes out at descriptor 1. A NUL makes the terminal as
// large as the line behind it says ("ROWS COLUMNS\n"). The end of the input hangs the terminal up. The exit status is
// the command's, or 128+N when signal N killed it.
#include "program.h"
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>

static void write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        CHECK(written > 0);
        bytes += written;
        length -= written;
    }
}

// One message of the test: keys, or a size.
static void typed(int master, const char *bytes, size_t length)
{
    struct winsize size = { 0 };
    if (bytes[0] != 0) {
        write_all(master, bytes, length);
        return;
    }
    CHECK(sscanf(bytes + 1, "%hu %hu\n", &size.ws_row, &size.ws_col) == 2);
    CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc > 1);
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    char buffer[4096 + 1];
    int master;
    pid_t command = forkpty(&master, NULL, NULL, &size);
    CHECK(command >= 0);
    if (command == 0) {
        // Whoever started the tests may have had signals ignored, as of a job in the background.
        sigset_t none;
        sigemptyset(&none);
        CHECK(sigprocmask(SIG_SETMASK, &none, NULL) == 0);
        for (int number = 1; number < SIGRTMIN; number++)
            signal(number, SIG_DFL);
        execvp(argv[1], argv + 1);
        CHECK(!"execvp");
    }

    // Nobody else may hold the terminal's end.
    CHECK(fcntl(master, F_SETFD, FD_CLOEXEC) == 0);
    int end = syscall(SYS_pidfd_open, command, 0);
    CHECK(end >= 0);
    struct pollfd wanted[] = {
        { .fd = 0, .events = POLLIN }, { .fd = master, .events = POLLIN }, { .fd = end, .events = POLLIN },
    };
    while (wanted[1].fd >= 0) {
        CHECK(poll(wanted, 3, -1) > 0 || errno == EINTR);
        if (wanted[1].revents != 0) {
            ssize_t length = read(master, buffer, sizeof buffer - 1);
            if (length > 0) {
                write_all(1, buffer, length);
                continue;
            }
            // EIO: nobody has the other end open, and the command is about to end.
            wanted[1].fd = -1;
        } else if (wanted[2].revents != 0) {
            // It may have written and ended after this poll had looked at the terminal, which only another look shows.
            if (poll(&wanted[1], 1, 0) == 0)
                wanted[1].fd = -1;
        } else if (wanted[0].revents != 0) {
            ssize_t length = read(0, buffer, sizeof buffer - 1);
            if (length <= 0) {
                close(master);
                wanted[1].fd = -1;
            } else {
                buffer[length] = 0;
                typed(master, buffer, length);
            }
        }
    }

    int status;
    CHECK(waitpid(command, &status, 0) == command);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
