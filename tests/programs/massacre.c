// Processes fork, exec, start threads and touch files while others of them are killed at random. The program ends with
// status 0 when none of them is left.
//
// With "storm" most signals are ones that do nothing, one every 200 microseconds.
//
//   massacre MILLISECONDS [SEED [storm]]
#include "program.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

enum { WORKERS = 6, SLOTS = 64, LEAST_TURNS = 200 };

static char *program;
static unsigned int state;
static volatile pid_t *slots;
static volatile int *over;

static unsigned int pick(unsigned int below)
{
    state = state * 1103515245u + 12345u;
    return (state >> 16) % below;
}

static void enlist(void)
{
    slots[pick(SLOTS)] = getpid();
}

static void touch(void)
{
    char name[64], other[64];
    snprintf(name, sizeof name, "m-%d", (int)getpid());
    snprintf(other, sizeof other, "m-%d-renamed", (int)getpid());
    int fd = open(name, O_RDWR | O_CREAT, 0666);
    if (fd >= 0)
        close(fd);
    rename(name, other);
    unlink(other);
    access("nothing", F_OK);
}

static void *touch_in_thread(void *unused)
{
    touch();
    return unused;
}

static void *exec_in_thread(void *unused)
{
    char *arguments[] = { program, "leaf", NULL };
    execv(program, arguments);
    return unused;
}

static void with_threads(void *(*work)(void *))
{
    pthread_t threads[3];
    int made = 0;
    while (made < 3 && pthread_create(&threads[made], NULL, made == 1 ? work : touch_in_thread, NULL) == 0)
        made++;
    while (made-- > 0)
        pthread_join(threads[made], NULL);
}

static void act(int depth);

static void fork_and_act(int depth)
{
    pid_t pid = fork();
    if (pid == 0) {
        state += (unsigned int)getpid();
        act(depth);
        _exit(0);
    }
}

static void act(int depth)
{
    char *arguments[] = { program, "leaf", NULL };
    enlist();
    switch (pick(6)) {
    case 0:
        touch();
        break;
    case 1:
        with_threads(touch_in_thread);
        break;
    case 2:
        with_threads(exec_in_thread);
        break;
    case 3: {
        pid_t pid = vfork();
        if (pid == 0) {
            execv(program, arguments);
            _exit(FAILED);
        }
        break;
    }
    case 4:
        execv(program, arguments);
        break;
    default:
        for (int i = 0; depth > 0 && i < 3; i++)
            fork_and_act(depth - 1);
    }
    while (pick(2) && wait(NULL) > 0)
        continue;
}

static void work(void)
{
    while (!*over) {
        pid_t pid = fork();
        if (pid == 0) {
            state += (unsigned int)getpid();
            act(2);
            _exit(0);
        }
        if (pid > 0 && pick(4))
            waitpid(pid, NULL, 0);
    }
    _exit(0);
}

static void start_worker(int number)
{
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        state += 7919u * (unsigned int)(number + 1) + (unsigned int)getpid();
        work();
    }
}

static int pick_signal(int storm)
{
    static const int harmless[] = { SIGURG, SIGWINCH, SIGCHLD, SIGCONT };
    return storm && pick(16) ? harmless[pick(4)] : SIGKILL;
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc > 1 && strcmp(argv[1], "leaf") == 0) {
        state = (unsigned int)getpid();
        touch();
        return 0;
    }
    CHECK(argc > 1);
    long milliseconds = atol(argv[1]);
    state = argc > 2 ? (unsigned int)atol(argv[2]) : 1;
    int storm = argc > 3 && strcmp(argv[3], "storm") == 0;
    slots = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(slots != MAP_FAILED);
    over = (volatile int *)slots + SLOTS;

    // The orphans come to us, and nobody else's processes are in our session.
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    if (setsid() < 0)
        CHECK(errno == EPERM);
    for (int i = 0; i < WORKERS; i++)
        start_worker(i);

    struct timespec start, now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
    for (int turn = 0;; turn++) {
        CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
        // A busy machine does next to nothing in the time.
        long passed = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
        if (turn >= LEAST_TURNS && passed > milliseconds)
            break;
        pid_t victim = slots[pick(SLOTS)];
        if (victim > 0 && victim != getpid() && getsid(victim) == getsid(0) && getpgid(victim) == getpgid(0))
            kill(victim, pick_signal(storm));
        usleep(storm ? 200 : pick(400));
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        if (turn % 256 == 255) {
            // Workers are killed too, as parents of those that they are about to make.
            start_worker(turn);
        }
    }
    *over = 1;
    for (;;) {
        pid_t pid = wait(NULL);
        if (pid < 0 && errno == ECHILD)
            break;
    }
    return 0;
}
