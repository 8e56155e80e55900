// A signal that comes while the open of a FIFO waits ends that open with EINTR. Nothing repeats the open after the
// handler, where it might wait for ever.
//< dir/
#include "program.h"
#include <time.h>
#include <ucontext.h>

// Microseconds. A call's signal comes LATEST after the call's beginning or earlier. It comes once more after AGAIN, in
// case the first one came before the call.
enum { ROUNDS = 300, LATEST = 300, AGAIN = 20000 };

// Whether the program goes on with the instruction that makes this call: syscall, int 0x80, or svc #0.
#if defined(__x86_64__) || defined(__i386__)
#if defined(__x86_64__)
enum { IP = REG_RIP, RESULT = REG_RAX };
#else
enum { IP = REG_EIP, RESULT = REG_EAX };
#endif
static int makes(const mcontext_t *registers, int number)
{
    const unsigned char *next = (const unsigned char *)registers->gregs[IP];
    return registers->gregs[RESULT] == number
        && ((next[0] == 0x0f && next[1] == 0x05) || (next[0] == 0xcd && next[1] == 0x80));
}
#elif defined(__aarch64__)
static int makes(const mcontext_t *registers, int number)
{
    return registers->regs[8] == (unsigned)number && *(const uint32_t *)registers->pc == 0xd4000001;
}
#else
#error "how does this processor make a system call?"
#endif

static volatile sig_atomic_t repeated;

static void look(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    if (makes(&((ucontext_t *)context)->uc_mcontext, SYS_openat))
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
