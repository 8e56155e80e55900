// Runs scripts of random steps that a test wrote: each line is a call and whether it must succeed ('+') or fail ('-').
//
//   steps SCRIPT N       runs the cases of the script, N at a time, each in a directory and an execution of its own
//   steps SCRIPT case L  runs one execution: the lines from L to the end of their block
//
// A descriptor is a slot: slot K is descriptor 10+K in every process, so that an execve needs to hand nothing over. -1
// as the directory of a path is the working directory. A path "@" is empty and "@@" is NULL.
#include "program.h"
#include <dirent.h>
#include <pthread.h>
#include <time.h>

enum { SLOT = 10, WORDS = 9 };

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

struct how { uint64_t flags, mode, resolve; };

static const char *program, *script;
static char *lines[1 << 17];
static int count;

static void run(int line);

static void load(void)
{
    struct stat status;
    int fd = open(script, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &status) == 0);
    char *text = malloc(status.st_size + 1);
    for (off_t got = 0; got < status.st_size;) {
        ssize_t more = read(fd, text + got, status.st_size - got);
        CHECK(more > 0);
        got += more;
    }
    text[status.st_size] = 0;
    close(fd);
    for (char *line = text; *line && count < (int)(sizeof lines / sizeof *lines); count++) {
        lines[count] = line;
        line += strcspn(line, "\n");
        if (*line)
            *line++ = 0;
    }
}

static void split(int line, char *buffer, char **words)
{
    int n = 0;
    char *rest;
    strcpy(buffer, lines[line]);
    for (char *word = strtok_r(buffer, " ", &rest); word && n < WORDS; word = strtok_r(NULL, " ", &rest))
        words[n++] = word;
    for (int i = n; i < WORDS; i++)
        words[i] = "";
}

static int end_of(int line)
{
    for (int depth = 0;; line++) {
        const char *word = lines[line];
        if (!strcmp(word, "fork") || !strcmp(word, "clone") || !strcmp(word, "spawn") || !strcmp(word, "thread")
            || !strncmp(word, "exec", 4))
            depth++;
        else if (!strcmp(word, "end") && --depth == 0)
            return line;
    }
}

static void execute(int line, int form)
{
    char number[16];
    char *argv[] = {(char *)program, (char *)script, "case", number, NULL};
    char *envp[] = {NULL};
    snprintf(number, sizeof number, "%d", line);
    if (form == 0) {
        execve(program, argv, envp);
    } else {
        int fd = open(program, O_PATH | O_CLOEXEC);
        syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
    }
    CHECK(!"execve");
}

static void spawn(int line)
{
    pid_t child = vfork();
    CHECK(child >= 0);
    if (child == 0)
        execute(line, 0);
    wait_success(child);
}

static void *thread(void *line)
{
    run((int)(intptr_t)line);
    return NULL;
}

static int at(const char *word)
{
    int slot = atoi(word);
    return slot < 0 ? AT_FDCWD : SLOT + slot;
}

static const char *path(const char *word)
{
    return !strcmp(word, "@") ? "" : !strcmp(word, "@@") ? NULL : word;
}

static long number(const char *word)
{
    return strtol(word, NULL, 0);
}

static void nothing(int number)
{
    (void)number;
}

// An open that finds no number of a descriptor left.
static long full(int directory, const char *name, long flags)
{
    struct rlimit given, none;
    CHECK(getrlimit(RLIMIT_NOFILE, &given) == 0);
    none = given;
    none.rlim_cur = 0;
    CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
    long result = syscall(SYS_openat, directory, name, flags, 0644);
    int error = errno;
    CHECK(setrlimit(RLIMIT_NOFILE, &given) == 0);
    errno = error;
    return result;
}

// An open that waits until a signal ends it, which goes to the thread that waits and to no other.
static long give_up(int directory, const char *name)
{
    struct sigaction action = {.sa_handler = nothing};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
    struct itimerspec often = {{0, 2000000}, {0, 2000000}};
    timer_t timer;
    event._sigev_un._tid = syscall(SYS_gettid);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &often, NULL) == 0);
    long result = syscall(SYS_openat, directory, name, O_RDONLY);
    int error = errno;
    CHECK(timer_delete(timer) == 0);
    errno = error;
    return result;
}

static long opened(long fd, const char *slot, long flags)
{
    if (fd >= 0 && atoi(slot) >= 0)
        CHECK(dup3(fd, SLOT + atoi(slot), flags & O_CLOEXEC) >= 0);
    if (fd >= 0)
        close(fd);
    return fd;
}

// A call that has an old form takes it when the form, its last word, is 1.
static long call(char **w)
{
    char buffer[4096];
    const char *name = w[1];
    if (!strcmp(name, "open")) {
        long flags = number(w[5]);
        int mode = 0644;
        long fd = w[6][0] == '1'
            ? syscall(SYS_open, path(w[4]), flags, mode)
            : syscall(SYS_openat, at(w[3]), path(w[4]), flags, mode);
        return opened(fd, w[2], flags);
    }
    if (!strcmp(name, "openat2")) {
        struct how how = {number(w[5]), number(w[5]) & (O_CREAT | 0x400000) ? 0644 : 0, number(w[6])};
        return opened(syscall(437, at(w[3]), path(w[4]), &how, sizeof how), w[2], how.flags);
    }
    if (!strcmp(name, "full"))
        return full(at(w[2]), path(w[3]), number(w[4]));
    if (!strcmp(name, "giveup"))
        return give_up(at(w[2]), path(w[3]));
    if (!strcmp(name, "creat"))
        return opened(syscall(SYS_creat, path(w[3]), 0644), w[2], 0);
    if (!strcmp(name, "close"))
        return close(at(w[2]));
    if (!strcmp(name, "close_range"))
        return syscall(436, at(w[2]), at(w[3]), 0);
    if (!strcmp(name, "dup"))
        return dup3(at(w[2]), at(w[3]), number(w[4]));
    if (!strcmp(name, "redirect"))
        return dup2(at(w[2]), atoi(w[3]));
    if (!strcmp(name, "read"))
        return syscall(SYS_read, atoi(w[2]), buffer, 4);
    if (!strcmp(name, "write"))
        return syscall(SYS_write, atoi(w[2]), "text", 4);
    if (!strcmp(name, "rename")) {
        long flags = number(w[6]);
        return w[7][0] == '1'
            ? syscall(SYS_rename, path(w[3]), path(w[5]))
            : syscall(SYS_renameat2, at(w[2]), path(w[3]), at(w[4]), path(w[5]), flags);
    }
    if (!strcmp(name, "link"))
        return w[7][0] == '1'
            ? syscall(SYS_link, path(w[3]), path(w[5]))
            : syscall(SYS_linkat, at(w[2]), path(w[3]), at(w[4]), path(w[5]), number(w[6]));
    if (!strcmp(name, "symlink"))
        return syscall(SYS_symlinkat, w[2], at(w[3]), path(w[4]));
    if (!strcmp(name, "unlink"))
        return w[5][0] == '1'
            ? syscall(number(w[4]) ? SYS_rmdir : SYS_unlink, path(w[3]))
            : syscall(SYS_unlinkat, at(w[2]), path(w[3]), number(w[4]));
    if (!strcmp(name, "mkdir"))
        return w[4][0] == '1'
            ? syscall(SYS_mkdir, path(w[3]), 0755)
            : syscall(SYS_mkdirat, at(w[2]), path(w[3]), 0755);
    if (!strcmp(name, "mknod"))
        return syscall(SYS_mknodat, at(w[2]), path(w[3]), number(w[4]) | 0644, 0);
    if (!strcmp(name, "truncate"))
        return syscall(SYS_truncate, path(w[2]), number(w[3]));
    if (!strcmp(name, "ftruncate"))
        return syscall(SYS_ftruncate, at(w[2]), number(w[3]));
    if (!strcmp(name, "chmod"))
        return w[4][0] == '1'
            ? syscall(SYS_chmod, path(w[3]), 0755)
            : syscall(SYS_fchmodat, at(w[2]), path(w[3]), 0755);
    if (!strcmp(name, "fchmod"))
        return syscall(SYS_fchmod, at(w[2]), 0755);
    if (!strcmp(name, "utimens"))
        return syscall(SYS_utimensat, at(w[2]), path(w[3]), NULL, number(w[4]));
    if (!strcmp(name, "stat"))
        return w[5][0] == '1'
            ? syscall(SYS_stat, path(w[3]), buffer)
            : syscall(SYS_newfstatat, at(w[2]), path(w[3]), buffer, number(w[4]));
    if (!strcmp(name, "access"))
        return syscall(SYS_faccessat, at(w[2]), path(w[3]), F_OK);
    if (!strcmp(name, "readlink"))
        return syscall(SYS_readlinkat, at(w[2]), path(w[3]), buffer, sizeof buffer);
    if (!strcmp(name, "list"))
        return syscall(SYS_getdents64, at(w[2]), buffer, sizeof buffer);
    if (!strcmp(name, "chdir"))
        return syscall(SYS_chdir, path(w[2]));
    if (!strcmp(name, "fchdir"))
        return syscall(SYS_fchdir, at(w[2]));
    if (!strcmp(name, "pipe")) {
        int ends[2];
        long result = syscall(SYS_pipe2, ends, O_CLOEXEC);
        if (result == 0) {
            opened(ends[0], w[2], O_CLOEXEC);
            opened(ends[1], w[3], O_CLOEXEC);
        }
        return result;
    }
    if (!strcmp(name, "unshare"))
        return syscall(SYS_unshare, CLONE_FS | CLONE_FILES);
    fprintf(stderr, "no such step: %s\n", name);
    _exit(FAILED);
}

static void run(int line)
{
    for (;; line++) {
        char buffer[8192], *words[WORDS];
        const char *word = lines[line];
        if (!strcmp(word, "end")) {
            return;
        } else if (!strcmp(word, "fork") || !strcmp(word, "clone")) {
            pid_t child = *word == 'f' ? fork() : syscall(SYS_clone, SIGCHLD | CLONE_FS | CLONE_FILES, 0, 0, 0, 0);
            CHECK(child >= 0);
            if (child == 0) {
                run(line + 1);
                _exit(0);
            }
            wait_success(child);
            line = end_of(line);
        } else if (!strcmp(word, "spawn")) {
            spawn(line + 1);
            line = end_of(line);
        } else if (!strcmp(word, "thread")) {
            pthread_t id;
            CHECK(pthread_create(&id, NULL, thread, (void *)(intptr_t)(line + 1)) == 0);
            CHECK(pthread_join(id, NULL) == 0);
            line = end_of(line);
        } else if (!strncmp(word, "exec", 4)) {
            execute(line + 1, word[4] == 'a');
        } else {
            split(line, buffer, words);
            errno = 0;
            long result = call(words);
            if ((result < 0) != (words[0][0] == '-')) {
                fprintf(stderr, "%d: %s: %ld %s\n", line, lines[line], result, strerror(errno));
                _exit(FAILED);
            }
        }
    }
}

// The head of a script: the number of cases, then for each its first line and its directory.
static int run_cases(int parallel)
{
    int cases = atoi(lines[0]), running = 0, failed = 0, status;
    for (int i = 1; i <= cases || running > 0;) {
        if (i <= cases && running < parallel) {
            char buffer[8192], *words[WORDS];
            split(i++, buffer, words);
            pid_t child = fork();
            CHECK(child >= 0);
            if (child == 0) {
                CHECK(mkdir(words[1], 0755) == 0 && chdir(words[1]) == 0);
                execute(atoi(words[0]), 0);
            }
            running++;
        } else {
            CHECK(wait(&status) > 0);
            running--;
            if (status)
                fprintf(stderr, "a case ended with wait status %#x\n", status);
            failed |= status;
        }
    }
    return failed ? FAILED : 0;
}

int main(int argc, char **argv)
{
    CHECK(argc > 2);
    program = argv[0];
    script = argv[1];
    load();
    if (argc == 3)
        return run_cases(atoi(argv[2]));
    run(atoi(argv[3]));
    return 0;
}
