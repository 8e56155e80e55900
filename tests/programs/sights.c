// Runs a script of steps and prints what each of them saw: two runs that saw the same print the same.
//
//   sights -c SCRIPT        the script itself, a step on a line
//   sights -f FILE [DEPTH]  a file that begins with "#!sights -f": how a program of the script's world is run
//
// What a call answers is no failure, it is printed. The exit status is 0 whatever the steps saw. A path "@" is empty. Times and
// numbers of inodes are left out: they differ between two runs that nobody would tell apart.
#include "program.h"
#include <dirent.h>

enum { WORDS = 5, DEEPEST = 3, MOST = 256 };

extern char **environ;

static char *lines[MOST];
static int count, depth, base = AT_FDCWD;

static char *number(long value)
{
    static char buffers[4][24];
    static int next;
    char *buffer = buffers[next++ & 3];
    snprintf(buffer, sizeof buffers[0], "%ld", value);
    return buffer;
}

static void cut(char *text)
{
    for (; *text && count < MOST; count++) {
        lines[count] = text;
        text += strcspn(text, "\n");
        if (*text)
            *text++ = 0;
    }
}

// One write for a line, so that nothing is left in a buffer when a process ends.
static void print(int line, const char *result)
{
    char text[8192];
    int length = snprintf(text, sizeof text, "%s: %s\n", lines[line], result);
    CHECK(length < (int)sizeof text && write(1, text, length) == length);
}

static char *word(long result)
{
    return result < 0 ? strerror(errno) : number(result);
}

static char *quoted(const char *bytes, ssize_t length)
{
    static char text[4096];
    char *at = text;
    if (length < 0)
        return strerror(errno);
    for (ssize_t i = 0; i < length && at < text + sizeof text - 8; i++)
        at += bytes[i] == '\n' ? sprintf(at, "\\n") : bytes[i] < ' ' ? sprintf(at, "\\%d", bytes[i]) : sprintf(at, "%c", bytes[i]);
    *at = 0;
    return text;
}

static char *status(const char *path, int flags)
{
    static char text[64];
    struct stat seen;
    if (fstatat(base, path, &seen, flags) < 0)
        return strerror(errno);
    snprintf(text, sizeof text, "%o %ld", seen.st_mode, S_ISREG(seen.st_mode) || S_ISLNK(seen.st_mode) ? (long)seen.st_size : 0);
    return text;
}

// The whole file, or what errno says.
static ssize_t slurp(const char *path, char *buffer, size_t size)
{
    int fd = openat(base, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, buffer, size - 1);
    int error = errno;
    close(fd);
    errno = error;
    buffer[length < 0 ? 0 : length] = 0;
    return length;
}

static long put(const char *path, long flags, const char *text)
{
    int fd = openat(base, path, flags | O_NONBLOCK | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    long result = text ? write(fd, text, strlen(text)) : 0;
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *list(const char *path)
{
    static char text[4096];
    char *names[MOST];
    int n = 0, fd = openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory)
        return strerror(errno);
    for (struct dirent *entry; n < MOST && (entry = readdir(directory));)
        if (entry->d_name[0] != '.')
            CHECK(asprintf(&names[n++], " %s=%d", entry->d_name, entry->d_type) > 0);
    closedir(directory);
    qsort(names, n, sizeof *names, by_name);
    *text = 0;
    for (int i = 0; i < n; free(names[i++]))
        strncat(text, names[i], sizeof text - strlen(text) - 1);
    return text;
}

static char *wait_for(pid_t child)
{
    int status;
    CHECK(child >= 0 && waitpid(child, &status, 0) == child);
    return number(status);
}

// A program of the world by its path, or by its name along PATH.
static char *start(const char *path, int is_name)
{
    char *argv[] = {(char *)path, number(depth + 1), NULL};
    if (depth >= DEEPEST)
        return "deep enough";
    pid_t child = fork();
    if (child == 0) {
        if (is_name)
            execvp(path, argv);
        else
            syscall(SYS_execveat, base, path, argv, environ, 0);
        _exit(100 + errno);
    }
    return wait_for(child);
}

static char *input(const char *how, long n)
{
    static char buffer[512];
    struct stat seen;
    if (!strcmp(how, "read"))
        return quoted(buffer, read(0, buffer, n));
    if (!strcmp(how, "pread"))
        return quoted(buffer, pread(0, buffer, 8, n));
    if (!strcmp(how, "seek"))
        return word(lseek(0, n, SEEK_SET));
    if (!strcmp(how, "where"))
        return word(lseek(0, 0, SEEK_CUR));
    return fstat(0, &seen) < 0 ? strerror(errno) : word(S_ISREG(seen.st_mode) ? seen.st_size : 0);
}

// A file that is made for itself, written, read and removed.
static char *temporary(const char *path)
{
    static char text[64];
    char buffer[8] = "";
    int fd = openat(base, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return strerror(errno);
    CHECK(write(fd, "temp", 4) == 4 && pread(fd, buffer, 4, 0) == 4 && close(fd) == 0);
    snprintf(text, sizeof text, "%s %s", buffer, word(unlinkat(base, path, 0)));
    return text;
}

static char *copy(const char *from, const char *to)
{
    char buffer[2048];
    ssize_t length = slurp(from, buffer, sizeof buffer);
    return length < 0 ? strerror(errno) : word(put(to, O_WRONLY | O_CREAT | O_TRUNC, buffer));
}

// Writes a file anew beside the old one and puts it in its place.
static char *replace(const char *path, const char *text)
{
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s.new", path);
    return put(beside, O_WRONLY | O_CREAT | O_TRUNC, text) < 0 ? strerror(errno) : word(renameat(base, beside, base, path));
}

// As write(2) through an open file that loses its content otherwise than by O_TRUNC.
static char *cut_open(const char *path, const char *text)
{
    int fd = openat(base, path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    char *result = word(ftruncate(fd, 0) < 0 ? -1 : write(fd, text, strlen(text)));
    close(fd);
    return result;
}

static char *real(const char *path)
{
    static char text[PATH_MAX];
    return realpath(path, text) ? text : strerror(errno);
}

static char *follow(const char *path)
{
    static char buffer[2048];
    char name[2048];
    if (slurp(path, name, sizeof name) < 0)
        return strerror(errno);
    name[strcspn(name, "\n")] = 0;
    return quoted(buffer, slurp(name, buffer, sizeof buffer));
}

static char *call(char **w)
{
    static char buffer[2048];
    const char *name = w[0], *path = strcmp(w[1], "@") ? w[1] : "";
    long n = strtol(w[2], NULL, 0), last = strtol(w[3], NULL, 0);
    if (!strcmp(name, "stat"))
        return status(path, 0);
    if (!strcmp(name, "lstat"))
        return status(path, AT_SYMLINK_NOFOLLOW);
    if (!strcmp(name, "access"))
        return word(faccessat(base, path, n, 0));
    if (!strcmp(name, "read"))
        return quoted(buffer, slurp(path, buffer, sizeof buffer));
    if (!strcmp(name, "follow"))
        return follow(path);
    if (!strcmp(name, "readlink"))
        return quoted(buffer, readlinkat(base, path, buffer, sizeof buffer));
    if (!strcmp(name, "list"))
        return list(path);
    if (!strcmp(name, "realpath"))
        return real(path);
    if (!strcmp(name, "cd"))
        return word(chdir(path));
    if (!strcmp(name, "cwd"))
        return getcwd(buffer, sizeof buffer) ? buffer : strerror(errno);
    if (!strcmp(name, "env"))
        return getenv(path) ? getenv(path) : "not set";
    if (!strcmp(name, "stdin"))
        return input(path, n);
    if (!strcmp(name, "run"))
        return start(path, 0);
    if (!strcmp(name, "find"))
        return start(path, 1);
    if (!strcmp(name, "open"))
        return word(put(path, n, NULL));
    if (!strcmp(name, "write"))
        return word(put(path, n, w[3]));
    if (!strcmp(name, "cut"))
        return word(truncate(path, n));
    if (!strcmp(name, "rewrite"))
        return cut_open(path, w[2]);
    if (!strcmp(name, "replace"))
        return replace(path, w[2]);
    if (!strcmp(name, "copy"))
        return copy(path, w[2]);
    if (!strcmp(name, "temp"))
        return temporary(path);
    if (!strcmp(name, "rename"))
        return word(syscall(SYS_renameat2, base, path, base, w[2], last));
    if (!strcmp(name, "symlink"))
        return word(symlinkat(path, base, w[2]));
    if (!strcmp(name, "unlink"))
        return word(unlinkat(base, path, 0));
    if (!strcmp(name, "rmdir"))
        return word(unlinkat(base, path, AT_REMOVEDIR));
    if (!strcmp(name, "mkdir"))
        return word(mkdirat(base, path, 0755));
    if (!strcmp(name, "mkfifo"))
        return word(mkfifoat(base, path, 0644));
    if (!strcmp(name, "chmod"))
        return word(fchmodat(base, path, n, 0));
    if (!strcmp(name, "touch"))
        return word(utimensat(base, path, NULL, 0));
    if (!strcmp(name, "say"))
        return w[1];
    fprintf(stderr, "no such step: %s\n", name);
    _exit(FAILED);
}

static int opens(const char *name)
{
    return !strcmp(name, "fork") || !strcmp(name, "if") || !strcmp(name, "in");
}

static void split(int line, char *buffer, char **words)
{
    int n = 0;
    char *rest;
    strcpy(buffer, lines[line]);
    for (char *one = strtok_r(buffer, " ", &rest); one && n < WORDS; one = strtok_r(NULL, " ", &rest))
        words[n++] = one;
    for (int i = n; i < WORDS; i++)
        words[i] = "";
}

// Runs a block, or passes over it. Returns the line after its end.
static int run(int line, int is_taken)
{
    while (line < count) {
        char buffer[4096], *words[WORDS];
        split(line, buffer, words);
        if (!strcmp(words[0], "end"))
            return line + 1;
        if (!opens(words[0])) {
            if (is_taken && **words && **words != '#')
                print(line, call(words));
            line++;
        } else if (!is_taken) {
            line = run(line + 1, 0);
        } else if (!strcmp(words[0], "fork")) {
            pid_t child = fork();
            if (child == 0) {
                run(line + 1, 1);
                _exit(0);
            }
            wait_for(child);
            line = run(line + 1, 0);
        } else if (!strcmp(words[0], "if")) {
            line = run(line + 1, faccessat(base, words[1], F_OK, 0) == 0);
        } else {
            int outer = base, fd = openat(base, words[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
            base = fd < 0 ? base : fd;
            line = run(line + 1, fd >= 0);
            base = outer;
            if (fd >= 0)
                close(fd);
        }
    }
    return line;
}

int main(int argc, char **argv)
{
    static char text[1 << 14];
    CHECK(argc > 2);
    if (!strcmp(argv[1], "-c")) {
        CHECK(strlen(argv[2]) < sizeof text);
        strcpy(text, argv[2]);
    } else {
        CHECK(slurp(argv[2], text, sizeof text) >= 0);
        depth = argc > 3 ? atoi(argv[3]) : 1;
    }
    cut(text);
    run(0, 1);
    return 0;
}
