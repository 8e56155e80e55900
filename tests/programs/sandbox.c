// Runs a command under a seccomp filter: sandbox MODE COMMAND...
//   listener       with a listener of ours, so that nobody below can have another
//   deny-seccomp   seccomp(2) fails with EPERM
//   kill-seccomp   seccomp(2) kills
//   deny-ptrace    ptrace(2) fails with EPERM
//   deny-memory    process_vm_readv(2) fails with EPERM
//   deny-statx     statx(2) fails with EPERM, as under a Docker that is older than it
//   deny-kcmp      kcmp(2) fails with EPERM, as under Docker
//   linux-5.0      every later call fails with ENOSYS
#include "program.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

// pidfd_send_signal(2), of Linux 5.1, is the first of them.
enum { FIRST_AFTER_5_0 = 424 };

static void confine_if(unsigned short comparison, unsigned int call, unsigned int action, unsigned int flags)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | comparison | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof filter / sizeof filter[0], .filter = filter };
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (listener < 0)
        _exit(UNSUPPORTED);

    // A listener that nobody holds is none.
    if (listener > 0)
        CHECK(fcntl(listener, F_SETFD, 0) == 0);
}

static void confine(unsigned int call, unsigned int action, unsigned int flags)
{
    confine_if(BPF_JEQ, call, action, flags);
}

int main(int argc, char **argv)
{
    CHECK(argc > 2);
    const char *mode = argv[1];
    if (strcmp(mode, "listener") == 0)
        confine(~0u, SECCOMP_RET_ALLOW, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    else if (strcmp(mode, "deny-seccomp") == 0)
        confine(SYS_seccomp, SECCOMP_RET_ERRNO | EPERM, 0);
    else if (strcmp(mode, "kill-seccomp") == 0)
        confine(SYS_seccomp, SECCOMP_RET_KILL_PROCESS, 0);
    else if (strcmp(mode, "deny-ptrace") == 0)
        confine(SYS_ptrace, SECCOMP_RET_ERRNO | EPERM, 0);
    else if (strcmp(mode, "deny-memory") == 0)
        confine(SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM, 0);
    else if (strcmp(mode, "deny-statx") == 0)
        confine(SYS_statx, SECCOMP_RET_ERRNO | EPERM, 0);
    else if (strcmp(mode, "deny-kcmp") == 0)
        confine(SYS_kcmp, SECCOMP_RET_ERRNO | EPERM, 0);
    else if (strcmp(mode, "linux-5.0") == 0)
        confine_if(BPF_JGE, FIRST_AFTER_5_0, SECCOMP_RET_ERRNO | ENOSYS, 0);
    else
        CHECK(!"a known mode");
    execvp(argv[2], argv + 2);
    CHECK(!"execvp");
}
