// A call that waits ends with EINTR when a signal comes, or goes on waiting when the signal's handler was set with
// SA_RESTART, as it does untraced.
//< dir/
#include "program.h"
#include <sys/un.h>

static int reader, writer;

static void count(int number)
{
    (void)number;
}

// Lets whoever waits for the other end of descriptor 0 or 1 go on.
static void help(int number)
{
    char buffer[1 << 16];
    (void)number;
    CHECK(writer < 0 || write(writer, "word", 4) == 4);
    CHECK(reader < 0 || read(reader, buffer, sizeof buffer) > 0);
}

static void after_a_while(void (*handler)(int), int flags, int again)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    struct itimerval timer = { .it_value = { .tv_usec = 50000 }, .it_interval = { .tv_usec = again } };
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

// On a busy machine the first signal may come before the call.
#define INTERRUPTED(call) \
    do { \
        after_a_while(count, 0, 50000); \
        CHECK((call) < 0 && errno == EINTR); \
        CHECK(setitimer(ITIMER_REAL, &(struct itimerval) { 0 }, NULL) == 0); \
    } while (0)

int main(void)
{
    static char page[4096];
    char buffer[16];
    int in[2], out[2];

    // Descriptor 0 is an empty pipe, descriptor 1 a full one.
    CHECK(pipe(in) == 0 && pipe(out) == 0);
    CHECK(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
    CHECK(fcntl(1, F_SETFL, O_NONBLOCK) == 0);
    while (write(1, page, sizeof page) > 0)
        ;
    CHECK(errno == EAGAIN && fcntl(1, F_SETFL, 0) == 0);
    reader = writer = -1;
    for (int i = 0; i < 2; i++) {
        INTERRUPTED(read(0, buffer, sizeof buffer));
        INTERRUPTED(write(1, page, sizeof page));
    }
    writer = in[1];
    after_a_while(help, SA_RESTART, 0);
    CHECK(read(0, buffer, sizeof buffer) == 4);
    writer = -1;
    reader = out[0];
    after_a_while(help, SA_RESTART, 0);
    CHECK(write(1, page, sizeof page) == sizeof page);

    // The second time it is known.
    CHECK(mkfifo("dir/fifo", 0666) == 0);
    for (int i = 0; i < 2; i++) {
        INTERRUPTED(open("dir/fifo", O_RDONLY));
        INTERRUPTED(open("dir/fifo", O_WRONLY));
        int fd = open("dir/fifo", O_RDONLY | O_NONBLOCK);
        CHECK(fd >= 0 && close(fd) == 0);
    }

    // Its queue of one is full.
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "dir/socket" };
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind(server, (struct sockaddr *)&address, sizeof address) == 0 && listen(server, 0) == 0);
    CHECK(connect(first, (struct sockaddr *)&address, sizeof address) == 0);
    INTERRUPTED(connect(second, (struct sockaddr *)&address, sizeof address));
    return 0;
}
