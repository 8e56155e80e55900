// Runs a program and lets some of its own system calls fail, but none of its children's.
//
//   inject REPORT CALL WHEN ERRNO PROGRAM...
//
// REPORT  the file that gets the number of calls that fitted and the number of those that failed
// WHEN    N for the Nth call, N+ for that and all later ones. Calls count from the program's first ptrace(2) request
//         on. Calls that make a process count before it, too.
// ERRNO   with -N the calls begin N milliseconds late instead
//
// The exit status is the program's, or 128+N when signal N killed it. inject exits when nothing that the program left
// behind is alive any more.
//
// The program's threads are traced and its children are not, so that it can trace these itself. Where FUSE is mounted,
// the tool would trace in a child; so the program sees no such mount.
#include "program.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <linux/seccomp.h>

enum {
    ANY = -1,
    MOST_THREADS = 4096,
    CLONE_TRACED_BY_US = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL,
};

// What an argument must be, beside its call: a number, or a path or descriptor of a file in some place. An ANSWER is a
// number, and the one behind it an answer that lets a call go on.
enum kind { NUMBER, ANSWER, PATH, DESCRIPTOR };
enum place { PROC, TARGET };

static const struct {
    const char *name;
    long call;
    enum kind kind;
    int argument;
    long value;
} calls[] = {
    { "seize", SYS_ptrace, NUMBER, 0, PTRACE_SEIZE },
    { "interrupt", SYS_ptrace, NUMBER, 0, PTRACE_INTERRUPT },
    { "cont", SYS_ptrace, NUMBER, 0, PTRACE_CONT },
    { "to-syscall", SYS_ptrace, NUMBER, 0, PTRACE_SYSCALL },
    { "listen", SYS_ptrace, NUMBER, 0, PTRACE_LISTEN },
    { "event-message", SYS_ptrace, NUMBER, 0, PTRACE_GETEVENTMSG },
    { "signal-info", SYS_ptrace, NUMBER, 0, PTRACE_GETSIGINFO },
    { "syscall-info", SYS_ptrace, NUMBER, 0, PTRACE_GET_SYSCALL_INFO },
    { "get-registers", SYS_ptrace, NUMBER, 0, PTRACE_GETREGSET },
    { "set-registers", SYS_ptrace, NUMBER, 0, PTRACE_SETREGSET },
    { "wait4", SYS_wait4, NUMBER, ANY, 0 },
    { "read-memory", SYS_process_vm_readv, NUMBER, ANY, 0 },
    { "write-memory", SYS_process_vm_writev, NUMBER, ANY, 0 },
    { "readlink", SYS_readlink, PATH, 0, PROC },
    { "open-proc", SYS_openat, PATH, 1, PROC },
    { "read-proc", SYS_read, DESCRIPTOR, 0, PROC },
    { "pread-proc", SYS_pread64, DESCRIPTOR, 0, PROC },
    { "list-proc", SYS_getdents64, DESCRIPTOR, 0, PROC },
    { "statx", SYS_statx, NUMBER, ANY, 0 },
    { "access", SYS_faccessat2, NUMBER, ANY, 0 },
    { "openat2", SYS_openat2, NUMBER, ANY, 0 },
    { "kcmp", SYS_kcmp, NUMBER, ANY, 0 },
    { "receive", SYS_ioctl, NUMBER, 1, (long)SECCOMP_IOCTL_NOTIF_RECV },
    { "continue", SYS_ioctl, ANSWER, 1, (long)SECCOMP_IOCTL_NOTIF_SEND },
    { "send", SYS_ioctl, NUMBER, 1, (long)SECCOMP_IOCTL_NOTIF_SEND },
    { "valid", SYS_ioctl, NUMBER, 1, (long)SECCOMP_IOCTL_NOTIF_ID_VALID },
    { "kill", SYS_kill, NUMBER, ANY, 0 },
    { "tgkill", SYS_tgkill, NUMBER, 2, 0 },
    { "pidfd-open", SYS_pidfd_open, NUMBER, ANY, 0 },
    { "pidfd-signal", SYS_pidfd_send_signal, NUMBER, ANY, 0 },
    { "socketpair", SYS_socketpair, NUMBER, ANY, 0 },
    { "recvmsg", SYS_recvmsg, NUMBER, ANY, 0 },
    { "sendto", SYS_sendto, NUMBER, ANY, 0 },
    { "open-output", SYS_openat, PATH, 1, TARGET },
    { "write-output", SYS_write, DESCRIPTOR, 0, TARGET },
    { "pwrite-output", SYS_pwrite64, DESCRIPTOR, 0, TARGET },
    { "mkdir-output", SYS_mkdir, PATH, 0, TARGET },
    { "sync-output", SYS_fsync, DESCRIPTOR, 0, TARGET },
    { "open-target", SYS_openat, PATH, 1, TARGET },
    { "read-target", SYS_read, DESCRIPTOR, 0, TARGET },
    { "pread-target", SYS_pread64, DESCRIPTOR, 0, TARGET },
    { "write-target", SYS_write, DESCRIPTOR, 0, TARGET },
    { "pwrite-target", SYS_pwrite64, DESCRIPTOR, 0, TARGET },
    { "copy-target", SYS_copy_file_range, DESCRIPTOR, 0, TARGET },
    { "stat-target", SYS_statx, PATH, 1, TARGET },
    { "list-target", SYS_getdents64, DESCRIPTOR, 0, TARGET },
    { "readlink-target", SYS_readlinkat, PATH, 1, TARGET },
    { "rename-target", SYS_renameat, PATH, 1, TARGET },
    { "remove-target", SYS_unlinkat, PATH, 1, TARGET },
    { "mkdir-target", SYS_mkdirat, PATH, 1, TARGET },
    { "symlink-target", SYS_symlinkat, PATH, 2, TARGET },
    { "mode-target", SYS_fchmod, DESCRIPTOR, 0, TARGET },
    { "times-target", SYS_utimensat, DESCRIPTOR, 0, TARGET },
    { "lock-target", SYS_flock, DESCRIPTOR, 0, TARGET },
};

static pid_t program;
static size_t wanted;
static long first;
static bool later;
static long failure;
static const char *target;
static bool armed;
static long fitted, failed;
static struct { pid_t tid; bool fails; } threads[MOST_THREADS];

static bool *fails(pid_t tid)
{
    int place = 0;
    for (int i = 0; i < MOST_THREADS; i++) {
        if (threads[i].tid == tid)
            return &threads[i].fails;
        if (threads[i].tid == 0 && place == 0)
            place = i + 1;
    }
    CHECK(place > 0);
    threads[place - 1].tid = tid;
    threads[place - 1].fails = false;
    return &threads[place - 1].fails;
}

static void forget(pid_t tid)
{
    for (int i = 0; i < MOST_THREADS; i++) {
        if (threads[i].tid == tid)
            threads[i].tid = 0;
    }
}

static bool lies_in(const char *path, long place)
{
    // In /proc the directory of a process other than "self": what the program asks about its tracees.
    return place == PROC
        ? strncmp(path, "/proc/", 6) == 0 && path[6] >= '0' && path[6] <= '9' && atoi(path + 6) != program
        : target != NULL && strncmp(path, target, strlen(target)) == 0;
}

static bool lets_go_on(pid_t tid, unsigned long long response)
{
    struct { __s32 error; __u32 flags; } end;
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, tid, response + offsetof(struct seccomp_notif_resp, error), 0);
    CHECK(errno == 0);
    memcpy(&end, &word, sizeof end);
    return (end.flags & SECCOMP_USER_NOTIF_FLAG_CONTINUE) != 0;
}

static bool fits(pid_t tid, const struct __ptrace_syscall_info *info)
{
    unsigned long long argument = calls[wanted].argument == ANY ? 0 : info->entry.args[calls[wanted].argument];
    char path[PATH_MAX + 1] = "", whole[2 * PATH_MAX + 2] = "", link[64];
    if (info->entry.nr != (unsigned long long)calls[wanted].call)
        return false;
    switch (calls[wanted].kind) {
    case NUMBER:
        return calls[wanted].argument == ANY || (unsigned int)argument == (unsigned int)calls[wanted].value;
    case ANSWER:
        return (unsigned int)argument == (unsigned int)calls[wanted].value && lets_go_on(tid, info->entry.args[2]);
    case PATH:
        for (size_t i = 0; i < PATH_MAX; i += sizeof(long)) {
            errno = 0;
            long word = ptrace(PTRACE_PEEKDATA, tid, argument + i, 0);
            if (errno != 0)
                break;
            memcpy(path + i, &word, sizeof word);
            if (memchr(&word, 0, sizeof word) != NULL)
                break;
        }
        if (path[0] != '/' && calls[wanted].argument > 0 && calls[wanted].value == TARGET) {
            // Relative to the descriptor before it, or to where the program stands.
            int directory = (int)info->entry.args[calls[wanted].argument - 1];
            snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/%d/cwd" : "/proc/%d/fd/%d", (int)tid, directory);
            ssize_t length = readlink(link, whole, PATH_MAX);
            snprintf(whole + (length < 0 ? 0 : length), PATH_MAX + 2, "/%s", path);
            return lies_in(whole, TARGET);
        }
        break;
    case DESCRIPTOR:
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)tid, (int)argument);
        if (readlink(link, path, PATH_MAX) < 0)
            return false;
        break;
    }
    return lies_in(path, calls[wanted].value);
}

static void syscall_stop(pid_t tid)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
        if (*fails(tid)) {
            *fails(tid) = false;
            ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, rax), -failure);
        }
        return;
    }
    // What the runtime does before that is its own affair.
    armed = armed || info.entry.nr == SYS_ptrace || info.entry.nr == SYS_socketpair
        || (calls[wanted].kind != NUMBER && calls[wanted].value == TARGET);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !armed || !fits(tid, &info))
        return;
    fitted++;
    if (fitted == first || (later && fitted > first)) {
        failed++;
        if (failure < 0) {
            usleep(-failure * 1000);
            return;
        }
        *fails(tid) = true;
        ptrace(PTRACE_POKEUSER, tid, offsetof(struct user_regs_struct, orig_rax), -1L);
    }
}

static int follow(void)
{
    int outcome = -1;
    for (;;) {
        int status;
        pid_t tid = waitpid(-1, &status, __WALL);
        if (tid < 0 && errno == EINTR)
            continue;
        if (tid < 0)
            break;
        if (!WIFSTOPPED(status)) {
            forget(tid);
            if (tid == program)
                outcome = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = 0;
        if (WSTOPSIG(status) == (SIGTRAP | 0x80))
            syscall_stop(tid);
        else if (status >> 16 == 0)
            signal = WSTOPSIG(status);
        ptrace(PTRACE_SYSCALL, tid, 0, signal);
    }
    return outcome;
}

static void leave_mounts(void)
{
    bool is_alone = unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    FILE *mounts = fopen("/proc/self/mountinfo", "r");
    CHECK(mounts != NULL);
    char line[2 * PATH_MAX], point[PATH_MAX];
    while (fgets(line, sizeof line, mounts) != NULL) {
        if (strstr(line, " - fuse") == NULL || sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1)
            continue;
        if (!is_alone)
            exit(UNSUPPORTED);
        umount2(point, MNT_DETACH);
    }
    fclose(mounts);
}

int main(int argc, char **argv)
{
    CHECK(argc > 5);
    leave_mounts();
    for (wanted = 0; wanted < sizeof calls / sizeof *calls && strcmp(calls[wanted].name, argv[2]) != 0; wanted++)
        continue;
    CHECK(wanted < sizeof calls / sizeof *calls);
    char *end;
    first = strtol(argv[3], &end, 10);
    later = *end == '+';
    failure = atol(argv[4]);
    target = getenv("INJECT_TARGET");
    unsetenv("INJECT_TARGET");

    // Whatever the program leaves behind becomes our child.
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    int go[2];
    CHECK(pipe2(go, O_CLOEXEC) == 0);
    program = fork();
    CHECK(program >= 0);
    if (program == 0) {
        char byte;
        close(go[1]);
        CHECK(read(go[0], &byte, 1) == 1);
        setsid();
        execvp(argv[5], argv + 5);
        _exit(FAILED);
    }
    if (ptrace(PTRACE_SEIZE, program, 0, CLONE_TRACED_BY_US) != 0) {
        kill(program, SIGKILL);
        return UNSUPPORTED;
    }
    CHECK(write(go[1], "", 1) == 1);
    int outcome = follow();
    FILE *report = fopen(argv[1], "w");
    CHECK(report != NULL);
    fprintf(report, "%ld %ld\n", fitted, failed);
    CHECK(fclose(report) == 0);
    return outcome;
}
