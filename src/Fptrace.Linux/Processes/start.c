// Linked into the native executable only: what the process was given, asked before the .NET runtime changes it.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* With less the runtime crashes, in its start or when the trace grows. */
#define FEWEST_ADDRESSES (128UL << 20)
#define FEWEST_DATA (22UL << 20)

static unsigned long ignored_signals;
static unsigned long open_files;
static int is_second;
static int has_begun;

static int is_below(int resource, rlim_t fewest)
{
    struct rlimit limit;
    return getrlimit(resource, &limit) == 0 && limit.rlim_cur < fewest;
}

__attribute__((constructor)) static void remember(int argc, char **argv)
{
    /* The process that started it says why. */
    is_second = argc > 1 && strncmp(argv[1], "--become-tracee", 15) == 0;
    struct sigaction action;
    struct rlimit limit;
    for (int number = 1; number <= 31; number++)
        if (sigaction(number, 0, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored_signals |= 1UL << (number - 1);
    open_files = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;

    if (is_below(RLIMIT_AS, FEWEST_ADDRESSES) || is_below(RLIMIT_DATA, FEWEST_DATA))
        exit(125);
}

/* Bits: 1 << (number - 1). */
unsigned long fptrace_start_ignored_signals(void)
{
    return ignored_signals;
}

unsigned long fptrace_start_open_files(void)
{
    return open_files;
}

void fptrace_start_began(void)
{
    has_begun = 1;
}

/* The runtime returns from main without a word when it finds too little memory or no thread. */
__attribute__((destructor)) static void explain(void)
{
    static const char text[] = "fptrace: cannot start: too little memory, or no thread: "
                               "raise ulimit -v, -d and -u, or the limits of the container\n";
    if (has_begun)
        return;
    if (!is_second && write(2, text, sizeof text - 1) < 0)
        _exit(125);
    _exit(125);
}
