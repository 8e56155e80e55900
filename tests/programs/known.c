// Asks the same things again and again, so that `--engine fast` arms it. Linked dynamically: that engine knows the
// wrappers of the C library, and leaves static programs alone.
// The first argument says what else it does; it prints whether it was armed.
#include "program.h"
#include <setjmp.h>

static volatile sig_atomic_t ticks, jumps;
static sigjmp_buf out;

static void tick(int number)
{
    (void)number;
    ticks++;
    if (jumps && ticks % 7 == 0)
        siglongjmp(out, 1);
}

/* The page of known calls: private, no file, readable and executable, where nothing else is. */
static char *gate(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    CHECK(maps);
    char line[512];
    uintptr_t found = 0;
    while (fgets(line, sizeof line, maps)) {
        uintptr_t from, to;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 && from >> 40 >= 0x41 && from >> 40 < 0x4f
            && to - from == 4096 && strcmp(rights, "r-xp") == 0)
            found = from;
    }
    fclose(maps);
    return (char *)found;
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
    struct sigaction action = {.sa_handler = tick};
    struct itimerval often = {{0, 100}, {0, 100}}, never = {0};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (ticks < 100) {
        ask(1);
        check_registers();
    }
    jumps = 1;
    sigsetjmp(out, 1);
    while (ticks < 200)
        CHECK(access("/etc/passwd", R_OK) == 0);
    jumps = 0;
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
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

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "map") == 0) {
        void *at = (void *)strtoul(words[2], NULL, 16);
        CHECK(mmap(at, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
        return 0;
    }
    ask(30);
    char *page = gate();
    if (strcmp(what, "all") == 0) {
        faults();
        be_interrupted();
        make_others();
        use_streams();
        follow_link();
    } else if (strcmp(what, "unmap") == 0) {
        CHECK(!page || munmap(page, 4096) == 0);
        ask(30);
        CHECK(access("/etc/group", F_OK) == 0 || errno == ENOENT);
    } else if (strcmp(what, "others-map") == 0 && page) {
        char text[32];
        snprintf(text, sizeof text, "%lx", (unsigned long)page);
        execl("/proc/self/exe", "known", "map", text, NULL);
        CHECK(0);
    }
    puts(page ? "armed" : "asked");
    return 0;
}
