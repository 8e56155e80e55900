// A command that answers its child's opens by a listener of seccomp and lets them go on. It writes "granted", or
// "refused" when there can be no listener. The child reads the file input in either case.
#include "program.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static void pass(int socket, int descriptor)
{
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof descriptor)]; } control;
    struct iovec data = { .iov_base = "x", .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control,
    };
    control.header = (struct cmsghdr) {
        .cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
    };
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    CHECK(sendmsg(socket, &message, 0) == 1);
}

static int take(int socket)
{
    char byte;
    int descriptor = -1;
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof descriptor)]; } control;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control,
    };
    CHECK(recvmsg(socket, &message, 0) == 1);
    if (message.msg_controllen >= sizeof control.header)
        memcpy(&descriptor, CMSG_DATA(&control.header), sizeof descriptor);
    return descriptor;
}

static void child(int socket)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof filter / sizeof filter[0], .filter = filter };
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    CHECK(listener >= 0 || errno == EBUSY);
    if (listener >= 0)
        pass(socket, listener);
    else
        CHECK(write(socket, "x", 1) == 1);
    int fd = open("input", O_RDONLY);
    CHECK(fd >= 0);
    _exit(0);
}

int main(void)
{
    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        child(sockets[1]);
    int listener = take(sockets[0]);
    if (listener >= 0) {
        struct seccomp_notif question = { 0 };
        CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &question) == 0);
        struct seccomp_notif_resp answer = { .id = question.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0);
    }
    wait_success(pid);
    puts(listener >= 0 ? "granted" : "refused");
    return 0;
}
