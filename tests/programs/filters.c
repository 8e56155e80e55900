// A command with seccomp filters of its own. Each line tells of a call whether it was made, or how it failed: untraced
// and traced the same.
// filters prctl|seccomp|computed|alone|shared|two|strict
#include "program.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>

enum { Marked = O_NOFOLLOW };
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define LENGTH(code) (sizeof(code) / sizeof(code)[0])

static void tell(const char *who, const char *what, long result)
{
    const char *answer = result >= 0 ? "made" : errno == ENOSYS ? "ENOSYS" : errno == EPERM ? "EPERM" : strerror(errno);
    printf("%s %s %s\n", who, what, answer);
    fflush(stdout);
}

// One that may become a notification of the tracer's, one that changes something, and one that no tracer wants to see.
static void make_calls(const char *who)
{
    char name[50];
    snprintf(name, sizeof name, "made-by-%s", who);
    tell(who, "open", syscall(SYS_openat, AT_FDCWD, "input", O_RDONLY | Marked));
    tell(who, "plain open", syscall(SYS_openat, AT_FDCWD, "input", O_RDONLY));
    tell(who, "mkdir", syscall(SYS_mkdirat, AT_FDCWD, name, 0777));
    tell(who, "getpgid", syscall(SYS_getpgid, 0));
}

static void install(int by_prctl, unsigned flags, struct sock_filter *code, int length)
{
    struct sock_fprog program = { .len = length, .filter = code };
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    long result = by_prctl
        ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)
        : syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    CHECK(result == 0);
}

// Answers to the marked open, mkdirat and getpgid.
static void confine(int by_prctl, unsigned flags, unsigned answer)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, Marked, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    install(by_prctl, flags, code, LENGTH(code));
}

// The same for the marked open, by way of all that a filter can do.
static void confine_computing(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT(2)),
        BPF_STMT(BPF_ST, 7),
        BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, Marked),
        BPF_STMT(BPF_STX, 8),
        BPF_STMT(BPF_LD | BPF_W | BPF_MEM, 8),
        BPF_STMT(BPF_LDX | BPF_W | BPF_MEM, 7),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, Marked),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
        BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, sizeof(struct seccomp_data) - 0xf),
        BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 16),
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_NEG, 0),
        BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 6),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_IMM, 0),
        BPF_STMT(BPF_MISC | BPF_TXA, 0),
        BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 1),
        BPF_STMT(BPF_RET | BPF_A, 0),
    };
    install(0, 0, code, LENGTH(code));
}

static int gate[2];

static void *wait_and_call(void *who)
{
    char byte;
    CHECK(read(gate[0], &byte, 1) == 1);
    make_calls(who);
    return NULL;
}

static void *call(void *who)
{
    make_calls(who);
    return NULL;
}

static void inherit(char *self)
{
    make_calls("self");
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call, "thread") == 0 && pthread_join(thread, NULL) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        execl(self, self, "calls", (char *)NULL);
        _exit(1);
    }
    wait_success(pid);
}

static void with_a_thread(unsigned flags)
{
    pthread_t thread;
    CHECK(pipe(gate) == 0 && pthread_create(&thread, NULL, wait_and_call, "thread") == 0);
    confine(1, 0, SECCOMP_RET_TRACE | 1);
    struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
    install(0, flags, allow, 1);
    CHECK(write(gate[1], "x", 1) == 1 && pthread_join(thread, NULL) == 0);
    make_calls("self");
}

static void strict(void)
{
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
        syscall(SYS_exit, result == 0 ? 0 : errno == EINVAL ? 1 : 2);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) < 2);
    int by_prctl = fork();
    if (by_prctl == 0)
        syscall(SYS_exit, prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0 ? 0 : 1);
    int other;
    CHECK(waitpid(by_prctl, &other, 0) == by_prctl && other == status);
    puts(WEXITSTATUS(status) == 0 ? "granted" : "refused");
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "calls") == 0)
        make_calls("program");
    else if (strcmp(what, "prctl") == 0) {
        confine(1, 0, SECCOMP_RET_TRACE);
        inherit(words[0]);
    } else if (strcmp(what, "seccomp") == 0) {
        confine(0, 0, SECCOMP_RET_TRACE | SECCOMP_RET_DATA);
        inherit(words[0]);
    } else if (strcmp(what, "computed") == 0) {
        confine_computing();
        inherit(words[0]);
    } else if (strcmp(what, "alone") == 0)
        with_a_thread(0);
    else if (strcmp(what, "shared") == 0)
        with_a_thread(SECCOMP_FILTER_FLAG_TSYNC);
    else if (strcmp(what, "two") == 0) {
        // Whichever comes first: what denies a call outranks what leaves it to a tracer.
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid > 0)
            wait_success(pid);
        confine(0, 0, pid == 0 ? SECCOMP_RET_TRACE : SECCOMP_RET_ERRNO | EPERM);
        confine(0, 0, pid == 0 ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_TRACE);
        make_calls(pid == 0 ? "child" : "self");
    } else if (strcmp(what, "strict") == 0)
        strict();
    else
        return 2;
    return 0;
}
