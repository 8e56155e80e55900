// Signals that do nothing end no wait, and a wait goes on no longer than it was to; a signal that is caught ends it.
#include "program.h"
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>

// Milliseconds. A wait takes TIME. A busy machine makes one later than LATE, but not each time. A signal comes after
// each PAUSE, so a wait that began again after each signal would end when there are no more signals.
enum { TIME = 200, LATE = 1000, PAUSE = 10 };
enum { MOST_TRIES = 30, MOST_SIGNALS = 30000 };

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
        for (int i = 0; i < MOST_SIGNALS && getppid() == self && kill(self, number) == 0; i++)
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

// Whether it took no longer than it was to. Anything else that is wrong ends the program.
static int ended(const char *call, long result, int error, double start, int try)
{
    int number = errno;
    double time = now() - start;
    int is_late = error != EINTR && time > TIME + LATE;
    int is_right = error == 0 ? result == 0 : result < 0 && errno == error;
    if (!is_right || (error != EINTR && time < TIME - 1) || (is_late && try == MOST_TRIES)
        || waitpid(sender, NULL, WNOHANG) != 0) {
        semctl(semaphore, 0, IPC_RMID);
        errno = number;
        fprintf(stderr, "%s: %ld (%s) after %.0f ms\n", call, result, result < 0 ? strerror(errno) : "", time);
        _exit(FAILED);
    }
    return !is_late;
}

#define ENDS(call, error) \
    for (int try = 1;; try++) { \
        double start = now(); \
        if (ended(#call, (call), error, start, try)) \
            break; \
    }

// These wait for ever, so something else than a time limit must end them.
static int wait_for_timer(void)
{
    struct itimerspec time = { .it_value = { .tv_nsec = TIME * 1000000 } };
    struct epoll_event event = { .events = EPOLLIN };
    int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
    CHECK(epoll >= 0 && timer >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event) == 0);
    CHECK(timerfd_settime(timer, 0, &time, NULL) == 0);
    int count = epoll_wait(epoll, &event, 1, -1), number = errno;
    CHECK(close(timer) == 0 && close(epoll) == 0);
    errno = number;
    return count == 1 ? 0 : count;
}

static int wait_for_alarm(void)
{
    struct itimerval time = { .it_value = { .tv_usec = TIME * 1000 } }, none = { 0 };
    sigset_t alarm;
    CHECK(sigemptyset(&alarm) == 0 && sigaddset(&alarm, SIGALRM) == 0);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &time, NULL) == 0);
    int signal = sigwaitinfo(&alarm, NULL), number = errno;
    CHECK(setitimer(ITIMER_REAL, &none, NULL) == 0);
    errno = number;
    return signal == SIGALRM ? 0 : signal;
}

static int wait_for_process(void)
{
    struct sembuf take = { .sem_op = -1 }, give = { .sem_op = 1 };
    pid_t giver = fork();
    CHECK(giver >= 0);
    if (giver == 0) {
        // A caught signal ends the sleep, too.
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        usleep(TIME * 1000);
        _exit(semop(semaphore, &give, 1) == 0 ? 0 : FAILED);
    }
    int result = semop(semaphore, &take, 1), number = errno;
    while (waitpid(giver, NULL, 0) < 0)
        CHECK(errno == EINTR);
    CHECK(semctl(semaphore, 0, SETVAL, 0) == 0);
    errno = number;
    return result;
}

static void wait_everywhere(int error, int error_of_others)
{
    struct epoll_event event;
    struct timespec time = { .tv_nsec = TIME * 1000000 };
    struct sembuf take = { .sem_op = -1 };
    sigset_t signals;
    int epoll = epoll_create1(0);
    semaphore = semget(IPC_PRIVATE, 1, 0600);
    CHECK(epoll >= 0 && semaphore >= 0);
    CHECK(sigemptyset(&signals) == 0 && sigaddset(&signals, SIGUSR2) == 0);
    CHECK(sigprocmask(SIG_BLOCK, &signals, NULL) == 0);

    ENDS(epoll_wait(epoll, &event, 1, TIME), error_of_others);
    ENDS(wait_for_timer(), error_of_others);
    ENDS(sigtimedwait(&signals, NULL, &time), error);
    ENDS(wait_for_alarm(), error_of_others);
    ENDS(semtimedop(semaphore, &take, 1, &time), error);
    ENDS(wait_for_process(), error_of_others);

    // The program's memory is its own.
    CHECK(time.tv_sec == 0 && time.tv_nsec == TIME * 1000000);
    CHECK(semctl(semaphore, 0, IPC_RMID) == 0);
    CHECK(close(epoll) == 0);
}

static void wait_for_sockets(int error)
{
    char word[4];
    struct timeval time = { .tv_usec = TIME * 1000 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listening = socket(AF_UNIX, SOCK_STREAM, 0), pair[2];
    CHECK(bind(listening, (struct sockaddr *)&address, sizeof address.sun_family) == 0 && listen(listening, 1) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0);
    CHECK(setsockopt(listening, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0);

    ENDS(recv(pair[0], word, sizeof word, 0), error);
    ENDS(accept(listening, NULL, NULL), error);
    CHECK(close(listening) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
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

    // These come last: once a socket has a time limit, every call of the process stops.
    wait_for_sockets(EINTR);
    CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
    wait_for_sockets(EAGAIN);
    stop_signals();
    return 0;
}
