// A signal that comes while the open of a FIFO waits ends that open with EINTR. Nothing repeats the open after the
// handler, where it might wait for ever.
//< dir/
#include "program.h"
#include <time.h>
#include <ucontext.h>

#if defined(__x86_64__)
enum { IP = REG_RIP, RESULT = REG_RAX };
#elif defined(__i386__)
enum { IP = REG_EIP, RESULT = REG_EAX };
#endif

// Microseconds. A call's signal comes LATEST after the call's beginning or earlier. It comes once more after AGAIN, in
// case the first one came before the call.
enum { ROUNDS = 300, LATEST = 300, AGAIN = 20000 };

#if defined(__x86_64__) || defined(__i386__)
static volatile sig_atomic_t repeated;

// Whether the open follows once more tells the place where the program goes on: syscall or int 0x80.
static void look(int number, siginfo_t *info, void *context)
{
    const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *next = (const unsigned char *)registers[IP];
    (void)number;
    (void)info;
    if (registers[RESULT] == SYS_openat
        && ((next[0] == 0x0f && next[1] == 0x05) || (next[0] == 0xcd && next[1] == 0x80)))
        repeated++;
}

static double now(void)
{
    struct timespec time;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = look, .sa_flags = SA_SIGINFO };
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && mkfifo("dir/fifo", 0666) == 0);
    volatile int *round = mmap(NULL, sizeof *round, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(round != MAP_FAILED);
    pid_t self = getpid(), sender = fork();
    CHECK(sender >= 0);
    if (sender == 0) {
        for (int last = 0; getppid() == self;) {
            while (*round == last)
                ;
            for (double start = now(), wait = *round * (double)LATEST / ROUNDS; now() - start < wait;)
                ;
            CHECK(kill(self, SIGUSR1) == 0);
            last = *round;
            for (double start = now(); *round == last;)
                if (now() - start > AGAIN && kill(self, SIGUSR1) == 0)
                    start = now();
        }
        _exit(0);
    }
    for (int i = 0; i < ROUNDS; i++) {
        ++*round;
        CHECK(open("dir/fifo", O_RDONLY) < 0 && errno == EINTR);
    }
    CHECK(kill(sender, SIGKILL) == 0);
    int end;
    while (waitpid(sender, &end, 0) < 0)
        CHECK(errno == EINTR);

    // A signal may come just before the call.
    fprintf(stderr, "made again: %d of %d\n", (int)repeated, ROUNDS);
    return repeated > ROUNDS / 50 ? FAILED : 0;
}
#else
int main(void)
{
    return UNSUPPORTED;
}
#endif
