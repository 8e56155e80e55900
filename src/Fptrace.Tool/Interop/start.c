// Linked into the native executable only: what the process was given, asked before the .NET runtime changes it.
#include <signal.h>
#include <sys/resource.h>

static unsigned long ignored_signals;
static unsigned long open_files;

__attribute__((constructor)) static void remember(void)
{
    struct sigaction action;
    struct rlimit limit;
    for (int number = 1; number <= 31; number++)
        if (sigaction(number, 0, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored_signals |= 1UL << (number - 1);
    open_files = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
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
