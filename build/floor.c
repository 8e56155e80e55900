/* The least that a tracer of this kind can cost. It follows the life of each process through ptrace and is notified of
 * each execve and each open, with -s also of each read and write on descriptors 0 to 2, with -p also of each stat,
 * access, readlink and getdents. It lets all go on and looks at nothing. build/bench measures it for scale.
 *
 *   floor [-s | -p] COMMAND...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Linux 6.6; headers may be older. The flags are passed by value. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#endif

static int listener;

static void *answer(void *unused)
{
    (void)unused;
    for (;;) {
        struct seccomp_notif question;
        memset(&question, 0, sizeof question);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question)) {
            if (errno == EINTR || errno == ENOENT)
                continue;
            return NULL;
        }
        struct seccomp_notif_resp go = { .id = question.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &go);
    }
}

static int confine(int streams, int probes)
{
    static const struct { int number, isProbe; } calls[] = {
        { SYS_execve, 0 }, { SYS_openat, 0 },
        { SYS_newfstatat, 1 }, { SYS_statx, 1 }, { SYS_faccessat, 1 }, { 439 /* faccessat2 */, 1 },
        { SYS_readlinkat, 1 }, { SYS_getdents64, 1 },
#ifdef SYS_stat
        { SYS_stat, 1 }, { SYS_lstat, 1 }, { SYS_access, 1 }, { SYS_readlink, 1 },
#endif
    };
    struct sock_filter filter[64];
    unsigned short length = 0;
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].isProbe && !probes)
            continue;
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ, calls[i].number, 0, 1);
        filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET, SECCOMP_RET_USER_NOTIF);
    }
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ, streams ? SYS_read : -1, 1, 0);
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ, streams ? SYS_write : -1, 0, 3);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT, 2, 1, 0);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET, SECCOMP_RET_USER_NOTIF);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW);
    struct sock_fprog program = { .len = length, .filter = filter };
    unsigned flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER;
    int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (fd < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fd;
}

int main(int argc, char **argv)
{
    int streams = argc > 1 && !strcmp(argv[1], "-s");
    int probes = argc > 1 && !strcmp(argv[1], "-p");
    int given = streams + probes;
    int up[2], down[2], fd, status, result = 0;
    if (argc < 2 + given || pipe(up) || pipe(down))
        return 2;
    pid_t child = fork();
    if (!child) {
        char go;
        /* The writes to the pipe below are on descriptors above 2. */
        fd = confine(streams, probes);
        if (fd < 0 || write(up[1], &fd, sizeof fd) != sizeof fd || read(down[0], &go, 1) != 1)
            _exit(126);
        close(fd);
        close(up[0]);
        close(up[1]);
        close(down[0]);
        close(down[1]);
        execvp(argv[1 + given], argv + 1 + given);
        _exit(127);
    }

    int pidfd = syscall(SYS_pidfd_open, child, 0);
    if (read(up[0], &fd, sizeof fd) != sizeof fd || (listener = syscall(SYS_pidfd_getfd, pidfd, fd, 0)) < 0)
        return perror("floor"), 125;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    pthread_t thread;
    pthread_create(&thread, NULL, answer, NULL);
    if (ptrace(PTRACE_SEIZE, child, 0,
               PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC))
        return perror("floor"), 125;
    cpu_set_t home;
    CPU_ZERO(&home);
    CPU_SET(sched_getcpu(), &home);
    sched_setaffinity(0, sizeof home, &home);
    if (write(down[1], "", 1) != 1)
        return 125;

    for (;;) {
        pid_t pid = wait4(-1, &status, __WALL, NULL);
        if (pid < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (!WIFSTOPPED(status)) {
            if (pid == child)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int event = status >> 16, signal = WSTOPSIG(status);
        if (event == PTRACE_EVENT_STOP
            && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
            ptrace(PTRACE_LISTEN, pid, 0, 0);
        else
            ptrace(PTRACE_CONT, pid, 0, event ? 0 : signal);
    }
    _exit(result);
}
