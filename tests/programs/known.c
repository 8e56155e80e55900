// Asks the same things again and again, so that `--engine fast` arms it. Linked dynamically: that engine knows the
// wrappers of the C library, and leaves static programs alone.
// The first argument says what else it does; it prints whether it was armed.
#include "program.h"
#include "gate.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/un.h>

static volatile sig_atomic_t ticks, jumps;
static sigjmp_buf out;

/* Each signal sends for the next one: sent by a clock, they could leave a busy machine no time for anything else. */
static void tick(int number)
{
    struct itimerval soon = {.it_value = {0, 100}};
    (void)number;
    if (++ticks < 200)
        CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
    if (jumps && ticks % 7 == 0)
        siglongjmp(out, 1);
}

static void ask(int times)
{
    struct stat status;
    char link[16];
    for (int i = 0; i < times; i++) {
        CHECK(access("/etc/passwd", R_OK) == 0);
        CHECK(stat("/etc/passwd", &status) == 0 && S_ISREG(status.st_mode));
        CHECK(lstat("/etc", &status) == 0 && S_ISDIR(status.st_mode));
        CHECK(readlink("/etc/passwd", link, sizeof link) == -1 && errno == EINVAL);
        CHECK(access("/nowhere/at/all", F_OK) == -1 && errno == ENOENT);
        CHECK(fstat(2, &status) == 0);
    }
}

/* Registers that a function must not change still have their values after a known call. */
static void check_registers(void)
{
    int (*call)(const char *, int) = access;
    const char *path = "/etc/passwd";
    unsigned long wrong;
    long result;
    __asm__ volatile("mov $0x1111, %%r12\n mov $0x2222, %%r13\n mov $0x3333, %%r14\n mov $0x4444, %%r15\n"
                     "xor %%esi, %%esi\n call *%%rbx\n"
                     "mov %%rax, %1\n xor $0x1111, %%r12\n xor $0x2222, %%r13\n or %%r13, %%r12\n"
                     "xor $0x3333, %%r14\n or %%r14, %%r12\n xor $0x4444, %%r15\n or %%r15, %%r12\n mov %%r12, %0\n"
                     : "=&a"(wrong), "=&d"(result), "+D"(path), "+b"(call)
                     :
                     : "rcx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    CHECK(wrong == 0 && (int)result == 0);
}

static void faults(void)
{
    CHECK(access((char *)8, F_OK) == -1 && errno == EFAULT);
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED && munmap(pages + 4096, 4096) == 0);
    memcpy(pages + 4090, "/etc/p", 6);
    CHECK(access(pages + 4090, F_OK) == -1 && errno == EFAULT);
}

static void wait_for(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        CHECK(errno == EINTR);
    CHECK(status == 0);
}

static void be_interrupted(void)
{
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    tick(SIGALRM);
    while (ticks < 100) {
        ask(1);
        check_registers();
    }
    jumps = 1;
    sigsetjmp(out, 1);
    while (ticks < 200)
        CHECK(access("/etc/passwd", R_OK) == 0);
    jumps = 0;
}

static void make_others(void)
{
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            ask(20);
            CHECK(access("/etc/hosts", F_OK) == 0 || errno == ENOENT);
            _exit(0);
        }
        wait_for(child);
    }
    pid_t child = vfork();
    if (child == 0) {
        close(0);
        _exit(access("/etc/passwd", R_OK));
    }
    wait_for(child);
    ask(20);
}

/* More of them at once than are armed. */
static void make_many(void)
{
    int go[2];
    pid_t children[300];
    CHECK(pipe(go) == 0 && mkdir("many", 0777) == 0);
    for (int i = 0; i < 300; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) {
            char byte;
            close(go[1]);
            CHECK(read(go[0], &byte, 1) == 0);
            ask(2);
            CHECK(mkdir("many", 0777) == -1 && errno == EEXIST);
            ask(1);
            _exit(0);
        }
    }
    close(go[1]);
    for (int i = 0; i < 300; i++)
        wait_for(children[i]);
}

static void use_streams(void)
{
    char byte;
    CHECK(close(0) == 0 && open("first", O_RDWR | O_CREAT, 0666) == 0);
    for (int i = 0; i < 50; i++)
        CHECK(write(0, "x", 1) == 1);
    CHECK(lseek(0, 0, SEEK_SET) == 0);
    for (int i = 0; i < 50; i++)
        CHECK(read(0, &byte, 1) == 1 && byte == 'x');
    CHECK(rename("first", "second") == 0);
    CHECK(write(0, "x", 1) == 1);
    int other = open("third", O_RDWR | O_CREAT, 0666);
    CHECK(other > 2 && dup2(other, 0) == 0 && write(0, "x", 1) == 1);
}

/* Of the calls that change names only a rename gives an open file another one. */
static void use_renamed_streams(void)
{
    for (int i = 0; i < 3; i++) {
        char name[16];
        CHECK(write(0, "x", 1) == 1);
        CHECK(close(open("source", O_WRONLY | O_CREAT, 0666)) == 0 && unlink("source") == 0);
        CHECK(write(0, "x", 1) == 1);
        snprintf(name, sizeof name, "renamed %d", i);
        CHECK(rename(i == 0 ? "third" : i == 1 ? "renamed 0" : "renamed 1", name) == 0);
        CHECK(write(0, "x", 1) == 1);
    }
}

/* What is known of the link is not known of where it leads. */
static void follow_link(void)
{
    char path[PATH_MAX];
    struct stat status;
    CHECK(getcwd(path, sizeof path - 5));
    strcat(path, "/way");
    CHECK(symlink("/proc/self/status", path) == 0);
    for (int i = 0; i < 20; i++)
        CHECK(lstat(path, &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(stat(path, &status) == 0 && S_ISREG(status.st_mode));
}

/* Where the same name means another file after a chdir, which changes no name. */
static void go_elsewhere(void)
{
    char path[PATH_MAX], home[PATH_MAX];
    CHECK(getcwd(home, sizeof home));
    CHECK(symlink("/proc/self/cwd", "here") == 0 && mkdir("one", 0777) == 0 && mkdir("two", 0777) == 0);
    create("one/thing");
    create("two/thing");
    create("one/other");
    create("two/other");
    snprintf(path, sizeof path, "%.4000s/here/thing", home);
    for (int i = 0; i < 2; i++) {
        CHECK(chdir(i == 0 ? "one" : "two") == 0);
        for (int j = 0; j < 20; j++)
            CHECK(access(path, F_OK) == 0 && access("/proc/self/cwd/other", F_OK) == 0);
        CHECK(chdir(home) == 0);
    }
    CHECK(access("/proc/self/cwd/other", F_OK) == -1 && access(path, F_OK) == -1);
}

/* What is known to the process is not known to its child, which nobody tells when a name changes. */
static void let_a_child_move(void)
{
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path - 10));
    strcat(path, "/inherited");
    create("inherited");
    ask(20);
    CHECK(access(path, F_OK) == 0 && access(path, F_OK) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(rename("inherited", "taken") == 0);
        _exit(access(path, F_OK) == 0);
    }
    wait_for(child);
}

/* What is known to be absent may come into being, by whatever call of whichever process. */
static void make_names(void)
{
    static const char *const names[] = {"file", "directory", "link", "hard", "moved", "fifo", "socket"};
    char path[PATH_MAX];
    struct stat status;
    CHECK(close(open("source", O_WRONLY | O_CREAT, 0666)) == 0);
    for (int i = 0; i < 7; i++) {
        CHECK(getcwd(path, sizeof path - 20));
        strcat(strcat(path, "/"), names[i]);
        for (int j = 0; j < 20; j++)
            CHECK(lstat(path, &status) == -1 && errno == ENOENT);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            struct sockaddr_un name = {.sun_family = AF_UNIX};
            strcpy(name.sun_path, names[i]);
            switch (i) {
            case 0: _exit(close(open("file", O_RDONLY | O_CREAT, 0666)));
            case 1: _exit(mkdir("directory", 0777));
            case 2: _exit(symlink("nowhere", "link"));
            case 3: _exit(link("source", "hard"));
            case 4: _exit(rename("source", "moved"));
            case 5: _exit(mkfifo("fifo", 0666));
            default: _exit(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof name));
            }
        }
        wait_for(child);
        CHECK(lstat(path, &status) == 0);
    }
}

static void *ask_often(void *unused)
{
    (void)unused;
    ask(50);
    return NULL;
}

static void ask_in_threads(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, ask_often, NULL) == 0);
    ask(50);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

/* From now on no access() may come from the code for known calls. */
static void confine(const char *code)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_access, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)((uintptr_t)code >> 32), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer)),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffffe000),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(uintptr_t)code, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static unsigned long sum_of_text(void)
{
    extern char __executable_start, etext;
    unsigned long sum = 0;
    for (const char *at = &__executable_start; at < &etext; at++)
        sum = sum * 31 + (unsigned char)*at;
    return sum;
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "confined") == 0) {
        confine(NULL);
        execl("/proc/self/exe", "known", NULL);
        CHECK(0);
    }
    unsigned long sum = sum_of_text();
    ask(30);
    for (int i = 0; i < 1100 && strcmp(what, "streams") == 0; i++)
        CHECK(write(1, "", 0) == 0);
    char *code = gate();
    if (strcmp(what, "all") == 0) {
        faults();
        be_interrupted();
        make_others();
        use_streams();
        follow_link();
        go_elsewhere();
        let_a_child_move();
        make_names();
        ask_in_threads();
        make_many();
    } else if (strcmp(what, "streams") == 0) {
        use_streams();
        use_renamed_streams();
    } else if (strcmp(what, "confine") == 0) {
        confine(code);
        ask(30);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            ask(30);
            _exit(0);
        }
        wait_for(child);
    }
    /* Our code returns to where no shadow stack says. */
    CHECK(!code || (syscall(SYS_arch_prctl, 0x5001 /* ARCH_SHSTK_ENABLE */, 1) == -1 && errno == EOPNOTSUPP));
    CHECK(sum == sum_of_text());
    puts(code ? "armed" : "asked");
    return 0;
}
