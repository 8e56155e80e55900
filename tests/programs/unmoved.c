// Signals that do nothing end no wait, and a wait goes on no longer than it was to; a signal that is caught ends it.
#include "program.h"
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/un.h>
#include <time.h>

// Milliseconds. A wait takes TIME, on a busy machine up to LATE more. A signal comes after each PAUSE, so a wait that
// began again after each signal would never end.
enum { TIME = 200, LATE = 5000, PAUSE = 10 };

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void nothing(int number)
{
    (void)number;
}

static pid_t sender;
static int semaphore;

// SIGWINCH is ignored where nobody asks for it, SIGUSR1 because the program says so.
static void start_signals(int number)
{
    pid_t self = getpid();
    sender = fork();
    CHECK(sender >= 0);
    if (sender == 0) {
        while (getppid() == self && kill(self, number) == 0)
            usleep(PAUSE * 1000);
        _exit(0);
    }
}

static void stop_signals(void)
{
    CHECK(kill(sender, SIGKILL) == 0);
    while (waitpid(sender, NULL, 0) < 0)
        CHECK(errno == EINTR);
}

static void took(const char *call, long result, int error, double start)
{
    int number = errno;
    double time = now() - start;
    int is_right = error == 0 ? result == 0 : result < 0 && errno == error;
    if (!is_right || (error != EINTR && (time < TIME - 1 || time > TIME + LATE))) {
        CHECK(semctl(semaphore, 0, IPC_RMID) == 0);
        errno = number;
        fprintf(stderr, "%s: %ld (%s) after %.0f ms\n", call, result, result < 0 ? strerror(errno) : "", time);
        _exit(FAILED);
    }
}

#define ENDS(call, error) \
    do { \
        double start = now(); \
        took(#call, (call), error, start); \
    } while (0)

static void wait_everywhere(int error, int error_of_epoll)
{
    char word[4];
    struct epoll_event event;
    struct timespec time = { .tv_nsec = TIME * 1000000 };
    struct timeval time_of_socket = { .tv_usec = TIME * 1000 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct sembuf take = { .sem_op = -1 };
    sigset_t signals;
    int epoll = epoll_create1(0), listening = socket(AF_UNIX, SOCK_STREAM, 0), pair[2];
    semaphore = semget(IPC_PRIVATE, 1, 0600);
    CHECK(epoll >= 0 && semaphore >= 0);
    CHECK(bind(listening, (struct sockaddr *)&address, sizeof address.sun_family) == 0 && listen(listening, 1) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time_of_socket, sizeof time_of_socket) == 0);
    CHECK(setsockopt(listening, SOL_SOCKET, SO_RCVTIMEO, &time_of_socket, sizeof time_of_socket) == 0);
    CHECK(sigemptyset(&signals) == 0 && sigaddset(&signals, SIGUSR2) == 0);
    CHECK(sigprocmask(SIG_BLOCK, &signals, NULL) == 0);

    ENDS(epoll_wait(epoll, &event, 1, TIME), error_of_epoll);
    ENDS(sigtimedwait(&signals, NULL, &time), error);
    ENDS(recv(pair[0], word, sizeof word, 0), error);
    ENDS(accept(listening, NULL, NULL), error);

    ENDS(semtimedop(semaphore, &take, 1, &time), error);

    // The program's memory is its own.
    CHECK(time.tv_sec == 0 && time.tv_nsec == TIME * 1000000);
    CHECK(semctl(semaphore, 0, IPC_RMID) == 0);
    CHECK(close(epoll) == 0 && close(listening) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
}

int main(void)
{
    start_signals(SIGWINCH);
    wait_everywhere(EAGAIN, 0);
    stop_signals();

    CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
    start_signals(SIGUSR1);
    wait_everywhere(EAGAIN, 0);

    // SA_RESTART restarts none of them.
    struct sigaction caught = { .sa_handler = nothing, .sa_flags = SA_RESTART };
    CHECK(sigaction(SIGUSR1, &caught, NULL) == 0);
    wait_everywhere(EINTR, EINTR);
    stop_signals();
    return 0;
}
