// Descriptors that arrive by dup2, close_range and over a socket.
//< directory/
//= 1 create first
//= 1 create passed
//= 1 create directory/inside
//= 2 write first
//= 2 write passed
#include "program.h"

static void pass(int socket, int fd)
{
    char byte = 0, control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec vector = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control,
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    CHECK(sendmsg(socket, &message, 0) == 1);
}

static int take(int socket)
{
    int fd;
    char byte, control[CMSG_SPACE(sizeof fd)];
    struct iovec vector = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control,
    };
    CHECK(recvmsg(socket, &message, 0) == 1);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL && header->cmsg_type == SCM_RIGHTS);
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(write(1, "one\n", 4) == 4);
        CHECK(write(2, "two\n", 4) == 4);
        return 0;
    }
    char *arguments[] = { argv[0], "child", NULL };
    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);

    int first = open("first", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    CHECK(first >= 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        int passed = open("passed", O_WRONLY | O_CREAT | O_EXCL, 0666);
        int directory = open("directory", O_RDONLY | O_DIRECTORY);
        CHECK(passed >= 0 && directory >= 0);
        pass(sockets[1], passed);
        pass(sockets[1], directory);
        _exit(0);
    }
    wait_success(pid);
    int passed = take(sockets[0]);
    int directory = take(sockets[0]);
    int inside = openat(directory, "inside", O_WRONLY | O_CREAT | O_EXCL, 0666);
    CHECK(inside >= 0);

    CHECK(dup2(first, 1) == 1);
    CHECK(dup2(passed, 2) == 2);
    CHECK(syscall(SYS_close_range, 3, ~0U, 0) == 0);
    // The new descriptor loses the close-on-exec flag of the one it replaces.
    CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) == 3);
    CHECK(dup2(1, 3) == 3);
    execv(argv[0], arguments);
    _exit(FAILED);
}
