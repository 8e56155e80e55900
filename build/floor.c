/* The least that a tracer of this kind can cost: it follows the life of each process through ptrace, is notified of each execve and each
 * open, and with -s of each read and write on descriptors 0 to 2, lets all go on, and looks at nothing. build/bench measures it for scale.
 *
 *   floor [-s] COMMAND...
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

static int confine(int streams)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_execve, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ, SYS_openat, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ, streams ? SYS_read : -1, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ, streams ? SYS_write : -1, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JGT, 2, 0, 1),
        BPF_STMT(BPF_RET, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET, SECCOMP_RET_USER_NOTIF),
    };
    struct sock_fprog program = { .len = sizeof filter / sizeof *filter, .filter = filter };
    unsigned flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER;
    int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (fd < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    return fd;
}

int main(int argc, char **argv)
{
    int streams = argc > 1 && !strcmp(argv[1], "-s");
    int up[2], down[2], fd, status, result = 0;
    if (argc < 2 + streams || pipe(up) || pipe(down))
        return 2;
    pid_t child = fork();
    if (!child) {
        char go;
        /* The writes to the pipe below are on descriptors above 2. */
        fd = confine(streams);
        if (fd < 0 || write(up[1], &fd, sizeof fd) != sizeof fd || read(down[0], &go, 1) != 1)
            _exit(126);
        close(fd);
        close(up[0]);
        close(up[1]);
        close(down[0]);
        close(down[1]);
        execvp(argv[1 + streams], argv + 1 + streams);
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
        if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
            ptrace(PTRACE_LISTEN, pid, 0, 0);
        else
            ptrace(PTRACE_CONT, pid, 0, event ? 0 : signal);
    }
    _exit(result);
}
