// Linked into the native executable only: what the process was given, asked before the .NET runtime changes it.
#include <signal.h>
#include <sys/resource.h>

static int ignores_sigpipe;
static unsigned long open_files;

__attribute__((constructor)) static void remember(void)
{
    struct sigaction action;
    struct rlimit limit;
    ignores_sigpipe = sigaction(SIGPIPE, 0, &action) == 0 && action.sa_handler == SIG_IGN;
    open_files = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

int fptrace_start_ignores_sigpipe(void)
{
    return ignores_sigpipe;
}

unsigned long fptrace_start_open_files(void)
{
    return open_files;
}
