// One thing, named by the first argument, of which the verdict must speak or must not.
#include "program.h"
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifndef CLONE_UNTRACED
#define CLONE_UNTRACED 0x00800000
#endif

static struct sockaddr_in inet_address(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    return address;
}

static socklen_t unix_address(struct sockaddr_un *address, const char *name)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strlen(name);
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = 0;
    return offsetof(struct sockaddr_un, sun_path) + length + (name[0] != '@');
}

// The server that this program is itself, or another one.
static void local(const char *name, int serves)
{
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, name);
    int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(server >= 0 && client >= 0);
    if (serves) {
        CHECK(bind(server, (struct sockaddr *)&address, length) == 0);
        CHECK(listen(server, 1) == 0);
    }
    CHECK(connect(client, (struct sockaddr *)&address, length) == 0);
}

// A server that is connected to as soon as its socket stands there, each time under another name.
static void hasty(void)
{
    pid_t child = fork();
    CHECK(child >= 0);
    for (int i = 0; i < 200; i++) {
        char name[32];
        snprintf(name, sizeof name, "server-%d", i);
        struct sockaddr_un address;
        socklen_t length = unix_address(&address, name);
        int end = socket(AF_UNIX, SOCK_DGRAM, 0);
        CHECK(end >= 0);
        if (child == 0) {
            while (connect(end, (struct sockaddr *)&address, length) < 0)
                CHECK(errno == ENOENT || errno == ECONNREFUSED);
            CHECK(send(end, "x", 1, 0) == 1);
        } else {
            char byte;
            CHECK(bind(end, (struct sockaddr *)&address, length) == 0);
            CHECK(recv(end, &byte, 1, 0) == 1);
        }
        close(end);
    }
    if (child == 0)
        _exit(0);
    wait_success(child);
}

// Both ends of a connection, and datagrams that go there and back.
static void talk_to_itself(int family)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in four = inet_address(0);
    struct sockaddr_storage address = {0}, client;
    socklen_t length = family == AF_INET ? sizeof four : sizeof six, size;
    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
        memcpy(&address, family == AF_INET ? (void *)&four : &six, length);
        int server = socket(family, type, 0), end = socket(family, type, 0);
        char byte;
        if (server < 0 || bind(server, (struct sockaddr *)&address, length) < 0)
            _exit(UNSUPPORTED);
        CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
        if (type == SOCK_STREAM) {
            CHECK(connect(end, (struct sockaddr *)&address, length) < 0 && errno == ECONNREFUSED);
            CHECK(listen(server, 1) == 0);
            close(end);
            end = socket(family, type, 0);
            CHECK(connect(end, (struct sockaddr *)&address, length) == 0);
            int taken = accept(server, NULL, NULL);
            CHECK(taken >= 0 && send(taken, "x", 1, 0) == 1 && recv(end, &byte, 1, 0) == 1);
        } else {
            CHECK(sendto(end, "x", 1, 0, (struct sockaddr *)&address, length) == 1);
            size = sizeof client;
            CHECK(recvfrom(server, &byte, 1, 0, (struct sockaddr *)&client, &size) == 1);
            CHECK(sendto(server, "y", 1, 0, (struct sockaddr *)&client, size) == 1);
            CHECK(recv(end, &byte, 1, 0) == 1);
        }
    }
}

// A socket file whose server is gone.
static void stale(void)
{
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, "stale");
    CHECK(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length) < 0 && errno == ECONNREFUSED);
}

// Waits for who connects; the test does, once it has read the port.
static void wait_for_client(void)
{
    struct sockaddr_in address = inet_address(0);
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(server >= 0 && bind(server, (struct sockaddr *)&address, length) == 0 && listen(server, 1) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
    FILE *port = fopen("port.new", "w");
    CHECK(port != NULL && fprintf(port, "%d", ntohs(address.sin_port)) > 0 && fclose(port) == 0);
    CHECK(rename("port.new", "port") == 0);
    CHECK(accept(server, NULL, NULL) >= 0);
}

// A unix socket for which somebody is to come, from this program or another one.
static void meet(int type, int is_own)
{
    struct sockaddr_un address;
    socklen_t length = unix_address(&address, "meeting");
    int server = socket(AF_UNIX, type, 0);
    CHECK(server >= 0 && bind(server, (struct sockaddr *)&address, length) == 0);
    CHECK(type == SOCK_DGRAM || listen(server, 1) == 0);
    pid_t child = is_own ? fork() : -1;
    if (child == 0) {
        int client = socket(AF_UNIX, type, 0);
        CHECK(client >= 0 && connect(client, (struct sockaddr *)&address, length) == 0 && send(client, "x", 1, 0) == 1);
        _exit(0);
    }
    CHECK(!is_own || child > 0);
    char byte;
    int end = type == SOCK_DGRAM ? server : accept(server, NULL, NULL);
    CHECK(end >= 0 && recv(end, &byte, 1, 0) == 1);
}

// Datagrams that nobody of this program sends.
static void wait_for_datagram(void)
{
    struct sockaddr_in address = inet_address(0);
    int receiver = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(receiver >= 0 && bind(receiver, (struct sockaddr *)&address, sizeof address) == 0);
}

static void network(const char *way)
{
    struct sockaddr_in address = inet_address(9);
    int stream = socket(AF_INET, SOCK_STREAM, 0), datagram = socket(AF_INET, SOCK_DGRAM, 0);
    if (stream < 0 || datagram < 0)
        _exit(UNSUPPORTED);
    struct iovec data = {.iov_base = "x", .iov_len = 1};
    struct mmsghdr messages[2] = {
        {.msg_hdr = {.msg_iov = &data, .msg_iovlen = 1}},
        {.msg_hdr = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &data, .msg_iovlen = 1}},
    };
    if (strcmp(way, "connect") == 0)
        connect(stream, (struct sockaddr *)&address, sizeof address);
    else if (strcmp(way, "bind") == 0) {
        // An address of the documentation's network, which is no address of any machine: the attempt counts.
        address.sin_addr.s_addr = htonl(0xc0000201);
        bind(stream, (struct sockaddr *)&address, sizeof address);
    } else if (strcmp(way, "sendto") == 0)
        sendto(datagram, "x", 1, 0, (struct sockaddr *)&address, sizeof address);
    else if (strcmp(way, "socketcall") == 0) {
#if defined(SYS_socketcall)
        unsigned long arguments[] = {stream, (unsigned long)&address, sizeof address};
        syscall(SYS_socketcall, 3, arguments);
#else
        _exit(UNSUPPORTED);
#endif
    } else if (strcmp(way, "sendmsg") == 0)
        sendmsg(datagram, &messages[1].msg_hdr, 0);
    else
        sendmmsg(datagram, messages, 2, 0);
}

static void harmless(void)
{
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(send(pair[0], "x", 1, 0) == 1);
    struct iovec data = {.iov_base = "x", .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    CHECK(sendmsg(pair[0], &message, 0) == 1);
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    int link = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (link >= 0)
        CHECK(bind(link, (struct sockaddr *)&kernel, sizeof kernel) == 0);
    struct sockaddr_un missing;
    socklen_t length = unix_address(&missing, "missing");
    CHECK(connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&missing, length) < 0 && errno == ENOENT);
    CHECK(socket(AF_INET, SOCK_DGRAM, 0) >= 0 || errno == EAFNOSUPPORT);
}

static void untraced(int with_clone3)
{
    pid_t child;
    if (with_clone3) {
        uint64_t arguments[11] = {[0] = CLONE_UNTRACED, [4] = SIGCHLD};
        child = syscall(435, arguments, sizeof arguments);
    } else
        child = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
    if (child < 0 && errno == ENOSYS)
        _exit(UNSUPPORTED);
    CHECK(child >= 0);
    if (child == 0) {
        create("by-child");
        _exit(0);
    }
    wait_success(child);
}

// The flag stands where no tracer can take it away; the child asks for nothing, or for a file.
static void escaped(int opens)
{
    size_t size = sysconf(_SC_PAGESIZE);
    uint64_t *arguments = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(arguments != MAP_FAILED);
    arguments[0] = CLONE_UNTRACED;
    arguments[4] = SIGCHLD;
    CHECK(mprotect(arguments, size, PROT_READ) == 0);
    pid_t child = syscall(435, arguments, 88);
    if (child < 0 && errno == ENOSYS)
        _exit(UNSUPPORTED);
    CHECK(child >= 0);
    if (child == 0) {
        if (opens)
            syscall(SYS_openat, AT_FDCWD, "missing", O_RDONLY);
        syscall(SYS_exit_group, 0);
    }
    wait_success(child);
}

static void trace_child(int attaches)
{
    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        if (!attaches)
            _exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 && errno == EPERM ? 0 : 1);
        close(ready[1]);
        read(ready[0], &byte, 1);
        _exit(0);
    }
    if (attaches)
        CHECK(ptrace(PTRACE_SEIZE, child, NULL, NULL) < 0 && errno == EPERM);
    close(ready[1]);
    wait_success(child);
}

// Who traces its tracer waits for it, and is waited for.
static void trace_tracer(void)
{
    CHECK(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) < 0 && errno == EPERM);
    CHECK(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0 && errno == EPERM);
}

// A process that is killed while it waits inside an open (RESOLVE_IN_ROOT). Only the descriptor that the open returns
// would tell which file it is.
static void cut_short(void)
{
    uint64_t how[] = {O_RDONLY, 0, 0x10};
    CHECK(mkfifo("fifo", 0600) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(syscall(437, AT_FDCWD, "fifo", how, sizeof how) < 0 ? UNSUPPORTED : FAILED);

    // Where it stands still for a tracer its state is another.
    char path[64], text[512] = "", *state = text;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
    while (strncmp(state, ") S", 3) != 0 && strncmp(state, ") Z", 3) != 0) {
        int fd = open(path, O_RDONLY);
        CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0);
        close(fd);
        state = strrchr(text, ')');
        CHECK(state != NULL);
    }
    int status;
    kill(child, SIGKILL);
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == UNSUPPORTED)
        _exit(UNSUPPORTED);
    CHECK(WIFSIGNALED(status));
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    const char *what = argv[1];
    if (strcmp(what, "harmless") == 0)
        harmless();
    else if (strcmp(what, "own-server") == 0)
        local("server", 1);
    else if (strcmp(what, "hasty") == 0)
        hasty();
    else if (strcmp(what, "own-ipv4") == 0)
        talk_to_itself(AF_INET);
    else if (strcmp(what, "own-ipv6") == 0)
        talk_to_itself(AF_INET6);
    else if (strcmp(what, "stale") == 0)
        stale();
    else if (strcmp(what, "wait-for-client") == 0)
        wait_for_client();
    else if (strcmp(what, "wait-for-datagram") == 0)
        wait_for_datagram();
    else if (strcmp(what, "wait-for-unix-client") == 0)
        meet(SOCK_STREAM, 0);
    else if (strcmp(what, "wait-for-unix-datagram") == 0)
        meet(SOCK_DGRAM, 0);
    else if (strcmp(what, "own-unix-client") == 0)
        meet(SOCK_STREAM, 1);
    else if (strcmp(what, "own-unix-datagram") == 0)
        meet(SOCK_DGRAM, 1);
    else if (strcmp(what, "own-abstract") == 0)
        local("@fptrace-test-own", 1);
    else if (what[0] == '@' || strncmp(what, "./", 2) == 0)
        local(what, 0);
    else if (strcmp(what, "untraced") == 0)
        untraced(0);
    else if (strcmp(what, "untraced3") == 0)
        untraced(1);
    else if (strcmp(what, "escaped") == 0)
        escaped(0);
    else if (strcmp(what, "escaped-open") == 0)
        escaped(1);
    else if (strcmp(what, "cut-short") == 0)
        cut_short();
    else if (strcmp(what, "detached-mount") == 0) {
        // open_tree with OPEN_TREE_CLONE.
        if (syscall(428, AT_FDCWD, ".", 1) < 0)
            return UNSUPPORTED;
    } else if (strcmp(what, "traceme") == 0)
        trace_child(0);
    else if (strcmp(what, "seize") == 0)
        trace_child(1);
    else if (strcmp(what, "tracer") == 0)
        trace_tracer();
    else if (strcmp(what, "io_uring") == 0) {
        char parameters[256] = {0};
        long fd = syscall(425, 1, parameters);
        printf("%s\n", fd >= 0 ? "made" : errno == ENOSYS ? "ENOSYS" : "denied");
    } else if (strcmp(what, "unknown") == 0)
        CHECK(syscall(499) < 0 && errno == ENOSYS);
    else
        network(what);
    return 0;
}
