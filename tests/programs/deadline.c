// A wait that a signal without effect interrupts late ends when it would have without the signal. All waits run at
// once, each in a process of its own. A busy machine makes one late, but not each time; none may ever be early.
#include "program.h"
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/un.h>
#include <time.h>

// Milliseconds.
enum { TIME = 500, SIGNAL = 400, EARLY = 2, LATE = 50, MOST_TRIES = 30 };

struct wait {
    const char *name;
    void (*prepare)(void);
    int (*call)(void);
    int error;
};

// Of each wait: its process, and when it began; 0 before.
struct state {
    volatile pid_t pid;
    volatile double began;
};

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int fd, sockets[2], semaphore = -1, shared;
static struct timespec limit = { .tv_nsec = TIME * 1000000 };
static sigset_t signals;

static void epoll(void)
{
    CHECK((fd = epoll_create1(0)) >= 0);
}

static int call_epoll_wait(void)
{
    struct epoll_event event;
    return epoll_wait(fd, &event, 1, TIME);
}

static int call_epoll_pwait(void)
{
    struct epoll_event event;
    return epoll_pwait(fd, &event, 1, TIME, &signals);
}

#ifdef SYS_epoll_pwait2
static int call_epoll_pwait2(void)
{
    struct epoll_event event;
    int64_t time[2] = { 0, TIME * 1000000 };
    long result = syscall(SYS_epoll_pwait2, fd, &event, 1, time, NULL, 8);
    if (result < 0 && errno == ENOSYS)
        _exit(UNSUPPORTED);
    return result;
}
#endif

static void block(void)
{
    CHECK(sigaddset(&signals, SIGUSR2) == 0 && sigprocmask(SIG_BLOCK, &signals, NULL) == 0);
}

static int call_sigtimedwait(void)
{
    return sigtimedwait(&signals, NULL, &limit);
}

static int call_semtimedop(void)
{
    struct sembuf take = { .sem_op = -1 };
    return semtimedop(semaphore, &take, 1, &limit);
}

static void nothing(void)
{
}

static void limit_socket(int socket)
{
    struct timeval time = { .tv_usec = TIME * 1000 };
    CHECK(setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0);
}

static void pair(void)
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    limit_socket(sockets[0]);
}

// The limit is of a socket that the process has when it begins: made by fork, or by execve.
static void pair_of_parent(void)
{
    int status;
    pair();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0) {
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
        _exit(WEXITSTATUS(status));
    }
}

static void pair_of_last_program(void)
{
    char words[2][16];
    pair();
    CHECK(snprintf(words[0], sizeof *words, "%d", sockets[0]) > 0);
    CHECK(snprintf(words[1], sizeof *words, "%d", shared) > 0);
    execl("/proc/self/exe", "deadline", words[0], words[1], NULL);
    CHECK(0);
}

static int call_recv(void)
{
    char word[4];
    return recv(sockets[0], word, sizeof word, 0);
}

static int call_read(void)
{
    char word[4];
    return read(sockets[0], word, sizeof word);
}

static void listening(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    CHECK((fd = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) == 0 && listen(fd, 1) == 0);
    limit_socket(fd);
}

static int call_accept(void)
{
    return accept(fd, NULL, NULL);
}

static const struct wait waits[] = {
    // The first, since it is the one of an execution of its own.
    { "recv after execve", pair_of_last_program, call_recv, EAGAIN },
    { "epoll_wait", epoll, call_epoll_wait, 0 },
    { "epoll_pwait", epoll, call_epoll_pwait, 0 },
#ifdef SYS_epoll_pwait2
    { "epoll_pwait2", epoll, call_epoll_pwait2, 0 },
#endif
    { "sigtimedwait", block, call_sigtimedwait, EAGAIN },
    { "semtimedop", nothing, call_semtimedop, EAGAIN },
    { "recv after fork", pair_of_parent, call_recv, EAGAIN },
    { "recv", pair, call_recv, EAGAIN },
    { "read", pair, call_read, EAGAIN },
    { "accept", listening, call_accept, EAGAIN },
};

enum { WAITS = sizeof waits / sizeof *waits };

// The exit status says whether it was late.
static void wait_once(const struct wait *wait, struct state *state)
{
    double start = now();
    state->pid = getpid();
    state->began = start;
    int result = wait->call(), error = errno;
    double time = now() - start;
    int is_right = wait->error == 0 ? result == 0 : result < 0 && error == wait->error;
    if (!is_right || time < TIME - EARLY)
        fprintf(stderr, "%s: %d (%s) after %.0f ms\n", wait->name, result, result < 0 ? strerror(error) : "", time);
    _exit(!is_right || time < TIME - EARLY ? FAILED : time > TIME + LATE);
}

static struct state *map(void)
{
    struct state *states = mmap(NULL, WAITS * sizeof *states, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    CHECK(states != MAP_FAILED);
    return states;
}

int main(int argc, char **argv)
{
    int is_done[WAITS] = { 0 }, left = WAITS, end = 0;
    if (argc > 2) {
        sockets[0] = atoi(argv[1]);
        shared = atoi(argv[2]);
        wait_once(&waits[0], &map()[0]);
    }
    CHECK((shared = memfd_create("states", 0)) >= 0 && ftruncate(shared, WAITS * sizeof(struct state)) == 0);
    struct state *states = map();
    CHECK(sigemptyset(&signals) == 0);
    CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR && (semaphore = semget(IPC_PRIVATE, 1, 0600)) >= 0);
    for (int try = 0; try < MOST_TRIES && left > 0 && end != FAILED; try++) {
        pid_t pids[WAITS];
        for (int i = 0; i < WAITS; i++) {
            states[i].began = 0;
            if (!is_done[i] && (pids[i] = fork()) == 0) {
                waits[i].prepare();
                wait_once(&waits[i], &states[i]);
            }
        }
        for (int i = 0; i < WAITS; i++) {
            while (!is_done[i] && states[i].began == 0)
                usleep(1000);
            double rest = states[i].began + SIGNAL - now();
            if (!is_done[i] && rest > 0)
                usleep(rest * 1000);
            // On a busy machine it may have ended.
            CHECK(is_done[i] || kill(states[i].pid, SIGUSR1) == 0 || errno == ESRCH);
        }
        for (int i = 0; i < WAITS; i++) {
            int status;
            if (is_done[i])
                continue;
            CHECK(waitpid(pids[i], &status, 0) == pids[i] && WIFEXITED(status));
            end = end == FAILED ? end : WEXITSTATUS(status);
            is_done[i] = WEXITSTATUS(status) != 1;
            left -= is_done[i];
        }
    }
    CHECK(semctl(semaphore, 0, IPC_RMID) == 0);
    for (int i = 0; i < WAITS; i++)
        if (!is_done[i])
            fprintf(stderr, "%s: later than %d ms in each of %d tries\n", waits[i].name, TIME + LATE, MOST_TRIES);
    return end == FAILED || left > 0 ? FAILED : 0;
}
