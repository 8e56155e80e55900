// Runs a script of steps and prints what each of them saw: two runs that saw the same print the same.
//
//   sights -c SCRIPT            the script itself, a step on a line
//   sights -f FILE ... [DEPTH]  a file that begins with "#!sights -f": how a program of the script's world is run, or
//                               its interpreter
//
// A call that fails is no failure of a step: its error is what the step saw, and is printed. The exit status is 0
// whatever the steps saw. A path "@" is empty. "~" stands for bytes that are no text. Times and numbers of inodes are
// left out, since they differ between two runs that nobody would tell apart.
#include "program.h"
#include "sights.h"
#include "sights-open.h"

enum { WORDS = 5 };

static char *lines[MOST];
static int count;

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
    if (!strcmp(name, "hold"))
        return hold(path, n);
    if (!strcmp(name, "held"))
        return use(path, w[2]);
    if (!strcmp(name, "confined"))
        return confined(path, n);
    if (!strcmp(name, "reopen"))
        return reopen(path);
    if (!strcmp(name, "runopen"))
        return start_open(path, n);
    if (!strcmp(name, "late"))
        return named_late(path, w[2]);
    if (!strcmp(name, "map"))
        return map(path, w[2]);
    if (!strcmp(name, "bind"))
        return socket_at(path, 1);
    if (!strcmp(name, "connect"))
        return socket_at(path, 0);
    if (!strcmp(name, "statfs"))
        return file_system(path);
    if (!strcmp(name, "xattr"))
        return attribute(path);
    if (!strcmp(name, "relink"))
        return relink(path, w[2]);
    if (!strcmp(name, "able"))
        return word(faccessat(base, path, n, AT_EACCESS));
    if (!strcmp(name, "umask"))
        return number(umask(strtol(path, NULL, 8)));
    if (!strcmp(name, "say"))
        return w[1];
    fprintf(stderr, "no such step: %s\n", name);
    _exit(FAILED);
}

static int opens(const char *name)
{
    return !strcmp(name, "fork") || !strcmp(name, "if") || !strcmp(name, "in");
}

// "~" stands for bytes that are no text, and would end a line or a word.
static char *decoded(const char *from)
{
    char raw[4096], *to = raw;
    for (; *from; from++)
        to += *from == '~' ? sprintf(to, "\n\xe9 ") : sprintf(to, "%c", *from);
    return strdup(raw);
}

static void split(int line, char *buffer, char **words)
{
    int n = 0;
    char *rest;
    strcpy(buffer, lines[line]);
    for (char *one = strtok_r(buffer, " ", &rest); one && n < WORDS; one = strtok_r(NULL, " ", &rest))
        words[n++] = strchr(one, '~') ? decoded(one) : one;
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
        depth = argc > 3 ? atoi(argv[argc - 1]) : 1;
    }
    cut(text);
    run(0, 1);
    return 0;
}
