// What others do beside a process that `--engine fast` has armed: processes with the same memory, and somebody who is
// not traced. Linked dynamically, as known.c. The first argument says what happens; it says on stderr whether it was
// armed.
#include "program.h"
#include "gate.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/un.h>

static atomic_int step;
static char stack[1 << 16] __attribute__((aligned(16)));

/* They run one after the other, in one memory. */
static void await_step(int number)
{
    while (atomic_load(&step) < number)
        sched_yield();
}

static void ask(int times)
{
    struct stat status;
    for (int i = 0; i < times; i++) {
        CHECK(access("/etc/passwd", F_OK) == 0);
        CHECK(lstat("/etc/passwd", &status) == 0);
        CHECK(access("/nowhere/at/all", F_OK) == -1 && errno == ENOENT);
    }
}

static void print(int times)
{
    for (int i = 0; i < times; i++)
        CHECK(write(1, "x", 1) == 1);
}

/* Its descriptors and its root directory are its own. 9 is another file than 8. */
static int be_another(void *root)
{
    await_step(1);
    CHECK(dup2(9, 1) == 1);
    CHECK(!root || chroot(root) == 0);
    atomic_store(&step, 2);
    await_step(3);
    print(1);
    ask(1);
    return 0;
}

static pid_t make_another(char *root)
{
    pid_t child = clone(be_another, stack + sizeof stack, CLONE_VM | SIGCHLD, root);
    CHECK(child > 0);
    return child;
}

static void finish(pid_t other)
{
    atomic_store(&step, 1);
    await_step(2);
    print(50);
    ask(50);
    atomic_store(&step, 3);
    wait_success(other);
    print(50);
    ask(50);
}

/* The child's descriptors are this process's, and its memory is another one. */
static void let_a_child_replace_streams(void)
{
    int go[2];
    char byte = 0;
    CHECK(pipe(go) == 0);
    print(50);
    pid_t child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    CHECK(child >= 0);
    if (child == 0)
        _exit(read(go[0], &byte, 1) != 1 || dup2(9, 1) != 1);
    print(50);
    CHECK(write(go[1], &byte, 1) == 1);
    wait_success(child);
    print(50);
}

/* From now on no call may come from the code for known calls: the kernel would send SIGSYS. */
static void dispatch(void)
{
    static char blocks = 1;
    uintptr_t first = 0x500000000000;
    if (prctl(59 /* PR_SET_SYSCALL_USER_DISPATCH */, 1, first, 0x800000000000 - first, &blocks) != 0)
        _exit(UNSUPPORTED);
    ask(50);
    CHECK(prctl(59, 0, 0, 0, 0) == 0);
    ask(50);
}

static void hide(void)
{
    CHECK(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
    pid_t child = vfork();
    if (child == 0)
        _exit(access("/etc/passwd", F_OK));
    wait_success(child);
}

/* Who makes it is not traced, and sees by the size of a file that this one waits. */
static void wait_for_a_stranger(void)
{
    char path[PATH_MAX];
    struct stat status;
    int sign = open("waits", O_WRONLY | O_CREAT, 0666);
    CHECK(sign > 2 && getcwd(path, sizeof path - 7));
    strcat(path, "/there");
    for (int i = 0; i < 30; i++)
        CHECK(lstat(path, &status) == -1 && errno == ENOENT);
    CHECK(write(sign, "x", 1) == 1);
    while (lstat(path, &status) != 0)
        usleep(1000);
}

static void look_at(const char *path)
{
    struct stat status;
    CHECK(stat(path, &status) == 0);
    int fd = open(path, O_RDONLY);
    CHECK(fd > 2 && close(fd) == 0);
}

/* What a child knows of a path, outside of this root, is another file's. */
static void change_root(const char *root, const char *path)
{
    int go[2];
    CHECK(pipe(go) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char byte;
        CHECK(read(go[0], &byte, 1) == 1);
        for (int i = 0; i < 30; i++)
            look_at(path);
        _exit(0);
    }

    int status;
    for (int i = 0; i < 3; i++)
        look_at("/etc/passwd");
    CHECK(chroot(root) == 0 && write(go[1], "x", 1) == 1);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    look_at(path);
}

/* To close any descriptor of a file gives up all locks of the process on it. */
static void hold_a_lock(const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    for (int i = 0; i < 3; i++)
        CHECK(open(path, O_RDONLY) == -1 && errno == ENOENT);
    int fd = open(path, O_RDWR | O_CREAT, 0666);
    CHECK(fd > 2 && fcntl(fd, F_SETLK, &lock) == 0 && open(path, O_RDONLY) > fd);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(fcntl(fd, F_SETLK, &lock) == -1 ? 0 : 1);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* A copy of the first instructions of a function, and a jump to the others, as libraries make that hook functions. */
static void hook(void)
{
    void *library = dlopen("libc.so.6", RTLD_NOW);
    CHECK(library);
    unsigned char *real = dlsym(library, "access");
    CHECK(real);
    unsigned char *copy = mmap(real - (256 << 20), 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(copy != MAP_FAILED);
    memcpy(copy, real, 5);
    int32_t distance;
    if (copy[0] == 0xe8) {
        memcpy(&distance, real + 1, sizeof distance);
        distance += real - copy;
        memcpy(copy + 1, &distance, sizeof distance);
    }
    copy[5] = 0xe9;
    distance = real - (copy + 5);
    memcpy(copy + 6, &distance, sizeof distance);
    int (*hooked)(const char *, int) = (int (*)(const char *, int))(uintptr_t)copy;
    for (int i = 0; i < 20; i++)
        CHECK(hooked("/etc/passwd", R_OK) == 0 && hooked("/nowhere/at/all", F_OK) == -1 && errno == ENOENT);
}

/* A system call that ends where those of the code for known calls do. */
__asm__(".balign 512\n .skip 0x1a0 - 12\n"
        "open_there: mov %rdi, %rsi\n xor %edx, %edx\n mov $257, %eax\n syscall\n ret\n");
int open_there(const char *path);

static volatile int opened;

static void open_in_handler(int number)
{
    struct itimerval soon = {.it_value = {0, 300}};
    (void)number;
    if (open_there("/etc/hostname") >= 0 && ++opened < 3)
        CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
}

/* Which begins with the registers of the call that its signal has interrupted. */
static void open_while_a_call_is_known(void)
{
    struct stat status;
    for (int i = 0; i < 30; i++)
        CHECK(stat("/etc/passwd", &status) == 0);
    struct itimerval soon = {.it_value = {0, 300}};
    CHECK(signal(SIGALRM, open_in_handler) != SIG_ERR && setitimer(ITIMER_REAL, &soon, NULL) == 0);
    for (int i = 0; i < 10000000 && opened < 3; i++)
        CHECK(stat("/etc/passwd", &status) == 0);
}

static void *look(void *length)
{
    char link[16];
    for (int i = 0; i < 100; i++)
        CHECK(readlink("/etc/passwd", link, *(size_t *)length) == -1 && errno == EINVAL);
    return NULL;
}

/* The first call of readlink is made when there are threads: it is patched already. */
static void look_in_threads(void)
{
    static const unsigned char number[] = {0xb8, 0x59, 0, 0, 0};
    pthread_t threads[4];
    size_t length = 16;
    unsigned char *code = dlsym(RTLD_DEFAULT, "readlink");
    CHECK(code && memmem(code, 16, number, sizeof number));
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, look, &length) == 0);
    CHECK(!memmem(code, 16, number, sizeof number));
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

/* Calls a copy of the C library which it may write, so that what is written there is written to the file. */
static void map_a_library(const char *copy)
{
    Dl_info info;
    struct stat status;
    pthread_t thread;
    size_t length = 16;
    int (*mine)(const char *, int) = dlsym(RTLD_DEFAULT, "access");
    CHECK(mine && dladdr((void *)(uintptr_t)mine, &info));
    int from = open(info.dli_fname, O_RDONLY), to = open(copy, O_RDWR | O_CREAT | O_EXCL, 0755);
    CHECK(from >= 0 && to >= 0 && fstat(from, &status) == 0);
    char *original = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, from, 0);
    CHECK(original != MAP_FAILED && write(to, original, status.st_size) == status.st_size);
    char *code = mmap(NULL, status.st_size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, to, 0);
    CHECK(code != MAP_FAILED);
    int (*call)(const char *, int) = (int (*)(const char *, int))(uintptr_t)(code + ((char *)(uintptr_t)mine
        - (char *)info.dli_fbase));
    for (int i = 0; i < 30; i++)
        CHECK(call("/etc/passwd", R_OK) == 0);
    CHECK(pthread_create(&thread, NULL, look, &length) == 0 && pthread_join(thread, NULL) == 0);
    to = open("original", O_WRONLY | O_CREAT, 0644);
    CHECK(write(to, info.dli_fname, strlen(info.dli_fname)) == (ssize_t)strlen(info.dli_fname));
}

/* It stands behind the code. */
static unsigned long generation(char *code)
{
    return *(volatile unsigned long *)(code + 0x2000);
}

/* What is known stays so while nothing changes where a path leads, and not longer. */
static void change_little(char *code)
{
    unsigned long before = generation(code);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(before != 0 && fd >= 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == -1 && errno == ENOENT);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && chmod("socket", 0600) == 0);
    CHECK(mkfifo("fifo", 0600) == 0 && unlink("fifo") == 0 && unlink("socket") == 0);
    CHECK(close(creat("file", 0600)) == 0 && unlink("file") == 0);
    CHECK(mkdir("directory", 0700) == 0 && generation(code) == before);
    CHECK(mkfifo("file", 0600) == 0 && generation(code) != before);
    before = generation(code);
    CHECK(rmdir("directory") == 0 && generation(code) != before);
}

/* One execve after the other. */
static void exec_again(int times)
{
    char left[16];
    CHECK(access("/etc/passwd", R_OK) == 0 && access("/nowhere/at/all", F_OK) == -1 && errno == ENOENT);
    if (times == 0)
        exit(0);
    snprintf(left, sizeof left, "%d", times - 1);
    execl("/proc/self/exe", "beside", "exec-again", left, NULL);
    CHECK(0);
}

/* The tracer hears of signals that do nothing, too, also before the first instruction of a program. */
static void exec_beside_signals(void)
{
    int status;
    CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        exec_again(100);
    while (waitpid(child, &status, WNOHANG) == 0)
        CHECK(kill(child, SIGUSR1) == 0);
    CHECK(status == 0);
}

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "exec-again") == 0)
        exec_again(atoi(words[2]));
    char *root = count > 2 ? words[2] : NULL;
    pid_t early = strcmp(what, "made-before") == 0 ? make_another(root) : 0;
    ask(30);
    char *code = gate();
    if (early != 0) {
        print(50);
        finish(early);
    } else if (strcmp(what, "made-after") == 0) {
        print(50);
        finish(make_another(root));
    } else if (strcmp(what, "replace") == 0)
        let_a_child_replace_streams();
    else if (strcmp(what, "dispatch") == 0)
        dispatch();
    else if (strcmp(what, "hide") == 0)
        hide();
    else if (strcmp(what, "stranger") == 0)
        wait_for_a_stranger();
    else if (strcmp(what, "change-root") == 0)
        change_root(root, words[3]);
    else if (strcmp(what, "hook") == 0)
        hook();
    else if (strcmp(what, "handler") == 0)
        open_while_a_call_is_known();
    else if (strcmp(what, "signals") == 0)
        exec_beside_signals();
    else if (strcmp(what, "lock") == 0)
        hold_a_lock(words[2]);
    else if (strcmp(what, "threads") == 0)
        look_in_threads();
    else if (strcmp(what, "map") == 0)
        map_a_library(words[2]);
    else if (strcmp(what, "changes") == 0)
        change_little(code);
    fputs(code ? "armed" : "asked", stderr);
    return 0;
}
