// Linked into the native executable only: the process that becomes the command. It needs no .NET runtime, whose start
// takes longer than a short command. TraceeStub.cs is the same for an installed runtime. The layout of the messages is
// StubMessage.cs's.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CONFINE = 1, GO = 2, ENVIRONMENT = 3 };
enum { NO_NEW_PRIVILEGES = 1, LISTEN = 2 };
enum { HEADER_SIZE = 24, MOST_BYTES = HEADER_SIZE + 4096 * 8, FAILED = 125 };

/* Aligned for the filter's instructions. */
static _Alignas(8) unsigned char message[MOST_BYTES];
static size_t length;

static char *given;
static size_t given_length;

static uint64_t number_at(int offset)
{
    uint64_t number;
    memcpy(&number, message + offset, sizeof number);
    return number;
}

/* The filter lets the call pass by the number, which stands in two arguments that sendmsg does not have. */
static void answer(int to, int32_t value, int descriptor, uint64_t pass)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    struct iovec data = {&value, sizeof value};
    struct msghdr header = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    syscall(SYS_sendmsg, to, &header, MSG_NOSIGNAL, (long)(uint32_t)pass, (long)(pass >> 32));
}

/* The newest flags come first: an older kernel refuses unknown ones with EINVAL. */
static int install_filter(int listens)
{
    static const unsigned listening[] = {
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW | 1 << 5 /* WAIT_KILLABLE_RECV */,
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_NEW_LISTENER};
    static const unsigned plain[] = {SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0};
    const unsigned *flags = listens ? listening : plain;
    struct sock_fprog program = {(unsigned short)((length - HEADER_SIZE) / sizeof(struct sock_filter)),
                                 (struct sock_filter *)(message + HEADER_SIZE)};
    int result = -EINVAL;
    for (int choices = listens ? 3 : 2; choices > 0 && result == -EINVAL; choices--, flags++) {
        result = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, *flags, &program);
        result = result < 0 ? -errno : result;
    }
    return result;
}

static void confine(int socket)
{
    if (message[1] & NO_NEW_PRIVILEGES)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int listens = message[1] & LISTEN;
    int result = install_filter(listens);

    /* Containers deny pidfd_getfd, so the listener is handed over. Its own descriptor closes at execve. */
    if (listens && result >= 0)
        answer(socket, 0, result, number_at(8));
    else
        answer(socket, result, socket, number_at(8));
}

static void keep_environment(void)
{
    given = realloc(given, given_length + length - 1);
    if (!given)
        _exit(FAILED);
    memcpy(given + given_length, message + 1, length - 1);
    given_length += length - 1;
}

static char **environment(char **own)
{
    if (!given)
        return own;
    size_t count = 0;
    for (size_t i = 0; i < given_length; i++)
        count += given[i] == 0;
    char **entries = malloc((count + 1) * sizeof *entries);
    if (!entries)
        _exit(FAILED);
    char *next = given;
    for (size_t i = 0; i < count; i++, next += strlen(next) + 1)
        entries[i] = next;
    entries[count] = 0;
    return entries;
}

/* execve resets handlers, but ignored signals stay ignored. The tool's runtime has changed some of them. */
static void restore_signals(uint64_t ignored)
{
    for (long number = 1; number <= 64; number++) {
        /* The kernel's structure, for glibc keeps two signals to itself: the handler comes first on each machine. */
        long wanted[4] = {ignored >> (number - 1) & 1 ? (long)SIG_IGN : (long)SIG_DFL};
        long now[4];
        if (syscall(SYS_rt_sigaction, number, 0, now, 8) == 0 && (now[0] == (long)SIG_IGN) != (wanted[0] != 0))
            syscall(SYS_rt_sigaction, number, wanted, 0, 8);
    }
}

static int execute(const char *program, int count, char **command, char **variables)
{
    struct rlimit files;
    restore_signals(number_at(8));
    if (number_at(16) && getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = number_at(16);
        setrlimit(RLIMIT_NOFILE, &files);
    }

    execve(program, command, variables);
    if (errno != ENOEXEC)
        return -errno;

    /* A file of unknown format is a shell script, as with execvp(3). */
    char **words = malloc((size_t)(count + 2) * sizeof *words);
    if (!words)
        return -ENOMEM;
    words[0] = "/bin/sh";
    words[1] = (char *)program;
    memcpy(words + 2, command + 1, (size_t)count * sizeof *words);
    execve(words[0], words, variables);
    return -errno;
}

/* Arguments: itself, --become-tracee, the number of the socket, the path of the program, argv of the command. */
__attribute__((constructor(101))) static void become_tracee(int argc, char **argv, char **variables)
{
    if (argc < 5 || strcmp(argv[1], "--become-tracee") != 0)
        return;

    int socket = atoi(argv[2]);
    fcntl(socket, F_SETFD, FD_CLOEXEC);
    answer(socket, 0, socket, 0);
    for (;;) {
        ssize_t received;
        do
            received = recv(socket, message, sizeof message, 0);
        while (received < 0 && errno == EINTR);
        if (received <= 0)
            _exit(FAILED);
        length = (size_t)received;
        switch (message[0]) {
        case CONFINE:
            confine(socket);
            break;
        case ENVIRONMENT:
            keep_environment();
            break;
        case GO:
            answer(socket, execute(argv[3], argc - 4, argv + 4, environment(variables)), socket, 0);
            _exit(FAILED);
        }
    }
}
