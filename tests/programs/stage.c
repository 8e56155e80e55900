// Sets worlds up for a test, takes them down, and starts commands in them: much faster than the test itself could.
//
// Reads requests from stdin, a line each. Words are in hexadecimal, "-" is an empty one. Only the last two answer.
//   clear DIR                    makes it, or removes what is in it
//   user NUMBER                  whose what is put is, and who runs commands; 0: who runs this
//   put PATH KIND MODE TEXT      a file (f), directory (d), link (l), FIFO (p) or socket (s), in place of what is there
//   write PATH TEXT              other content for a file that stays the same file
//   forge PATH TEXT              the same, and the file's time is set back
//   remove PATH                  with all below
//   touch PATH
//   give PATH                    it becomes the user's
//   mode PATH MODE
//   rename FROM TO
//   look DIR                     KIND MODE PATH TEXT of all below, and a line "."
//   run DIR STDIN OFFSET OUT ENVIRONMENT... . ARGUMENTS...
//                                exit status, offset of stdin then, what it printed on stdout and stderr; OUT: a file
//                                for stdout, or empty
#include "program.h"
#include <dirent.h>
#include <grp.h>
#include <poll.h>

enum { MOST = 512, BYTES = 1 << 20, SECONDS = 120 };

static char line[BYTES], *words[MOST];
static int count;
static uid_t user;

static size_t decode(char *word)
{
    char *to = word, *start = word;
    if (*word == '-')
        word++;
    for (unsigned byte; word[0] && word[1] && sscanf(word, "%2x", &byte) == 1; word += 2)
        *to++ = byte;
    *to = 0;
    return to - start;
}

static void encode(const char *bytes, size_t length, char end)
{
    if (length == 0)
        putchar('-');
    for (size_t i = 0; i < length; i++)
        printf("%02x", (unsigned char)bytes[i]);
    putchar(end);
}

static void destroy(const char *path)
{
    if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
        return;
    DIR *directory = opendir(path);
    CHECK(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char below[PATH_MAX];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        destroy(below);
    }
    closedir(directory);
    CHECK(rmdir(path) == 0);
}

static void fill(const char *path, int flags, const char *text, size_t length)
{
    int fd = open(path, O_WRONLY | flags, 0600);
    CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length && close(fd) == 0);
}

static void forge(const char *path, const char *text, size_t length)
{
    struct stat there;
    CHECK(stat(path, &there) == 0);
    fill(path, O_TRUNC, text, length);
    CHECK(utimensat(AT_FDCWD, path, (struct timespec[]){there.st_atim, there.st_mtim}, 0) == 0);
}

static void give(const char *path)
{
    CHECK(user == 0 || lchown(path, user, user) == 0);
}

static void put(const char *path, char kind, int mode, const char *text, size_t length)
{
    struct stat there;
    if (kind != 'd' || lstat(path, &there) < 0 || !S_ISDIR(there.st_mode))
        destroy(path);
    if (kind == 'f')
        fill(path, O_CREAT | O_EXCL, text, length);
    else if (kind == 'd')
        CHECK(mkdir(path, 0700) == 0 || errno == EEXIST);
    else if (kind == 'p' || kind == 's')
        CHECK(mknod(path, (kind == 'p' ? S_IFIFO : S_IFSOCK) | 0600, 0) == 0);
    else
        CHECK(symlink(text, path) == 0);
    give(path);
    CHECK(kind == 'l' || chmod(path, mode) == 0);
}

static char kind_of(mode_t mode)
{
    return S_ISLNK(mode) ? 'l' : S_ISREG(mode) ? 'f' : S_ISDIR(mode) ? 'd' : S_ISSOCK(mode) ? 's' : 'p';
}

static void look(const char *top, const char *below)
{
    static char text[1 << 16];
    char path[2 * PATH_MAX], name[PATH_MAX];
    struct dirent **entries;
    snprintf(path, sizeof path, "%s/%s", top, below);
    int n = scandir(path, &entries, NULL, alphasort);
    CHECK(n >= 0);
    for (int i = 0; i < n; free(entries[i++])) {
        const char *own = entries[i]->d_name;
        struct stat status;
        ssize_t length = 0;
        if (!strcmp(own, ".") || !strcmp(own, ".."))
            continue;
        snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", own);
        snprintf(path, sizeof path, "%s/%s", top, name);
        CHECK(lstat(path, &status) == 0);
        if (S_ISLNK(status.st_mode)) {
            CHECK((length = readlink(path, text, sizeof text)) >= 0);
        } else if (S_ISREG(status.st_mode)) {
            int fd = open(path, O_RDONLY);
            CHECK(fd >= 0 && (length = read(fd, text, sizeof text)) >= 0 && close(fd) == 0);
        }
        printf("%c %o ", kind_of(status.st_mode), S_ISLNK(status.st_mode) ? 0 : status.st_mode & 07777);
        encode(name, strlen(name), ' ');
        encode(text, length, '\n');
        if (S_ISDIR(status.st_mode))
            look(top, name);
    }
    free(entries);
}

// Both streams until they end; a command that hangs is killed with all that it started.
static void gather(pid_t child, int *fds, char (*texts)[BYTES], size_t *lengths)
{
    struct pollfd polled[2] = {{fds[0], POLLIN, 0}, {fds[1], POLLIN, 0}};
    for (int left = 2; left > 0;) {
        if (poll(polled, 2, SECONDS * 1000) == 0) {
            kill(-child, SIGKILL);
            fprintf(stderr, "stage: a command did not end\n");
        }
        for (int i = 0; i < 2; i++) {
            if (!polled[i].revents)
                continue;
            ssize_t got = read(polled[i].fd, texts[i] + lengths[i], BYTES - lengths[i]);
            CHECK(got >= 0);
            lengths[i] += got;
            if (got == 0) {
                close(polled[i].fd);
                polled[i].fd = -1;
                left--;
            }
        }
    }
}

static void start(void)
{
    static char texts[2][BYTES];
    size_t lengths[2] = {0, 0};
    int status, out[2], err[2], dot = 5;
    const char *file = words[4];
    for (int i = 1; i < count; i++)
        if (strcmp(words[i], "."))
            decode(words[i]);
        else
            dot = i;
    words[dot] = words[count] = NULL;
    int in = open(*words[2] ? words[2] : "/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(in >= 0 && (!*words[2] || lseek(in, atol(words[3]), SEEK_SET) >= 0));
    CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(!*file || unlink(file) == 0 || errno == ENOENT);
        CHECK(user == 0 || setgroups(0, NULL) == 0);
        CHECK(user == 0 || (setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0));
        int to = *file ? open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : out[1];
        CHECK(to >= 0 && chdir(words[1]) == 0 && setpgid(0, 0) == 0);
        CHECK(dup2(in, 0) == 0 && dup2(to, 1) == 1 && dup2(err[1], 2) == 2);
        execve(words[dot + 1], words + dot + 1, words + 5);
        CHECK(!"execve");
    }
    close(out[1]);
    close(err[1]);
    gather(child, (int[]){out[0], err[0]}, texts, lengths);
    CHECK(waitpid(child, &status, 0) == child);
    if (*file) {
        int fd = open(file, O_RDONLY);
        ssize_t got = read(fd, texts[0], BYTES);
        CHECK(fd >= 0 && got >= 0 && close(fd) == 0);
        lengths[0] = got;
    }
    printf("%d %ld ", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
           *words[2] ? (long)lseek(in, 0, SEEK_CUR) : 0);
    encode(texts[0], lengths[0], ' ');
    encode(texts[1], lengths[1], '\n');
    close(in);
}

static void serve(void)
{
    const char *what = words[0];
    if (!strcmp(what, "run")) {
        start();
        fflush(stdout);
        return;
    }
    size_t length = 0;
    for (int i = 1; i < count; i++)
        length = decode(words[i]);
    const char *path = words[1];
    if (!strcmp(what, "clear")) {
        destroy(path);
        CHECK(mkdir(path, 0755) == 0);
        give(path);
    } else if (!strcmp(what, "user")) {
        user = atoi(path);
    } else if (!strcmp(what, "give")) {
        give(path);
    } else if (!strcmp(what, "forge")) {
        forge(path, words[2], length);
    } else if (!strcmp(what, "put")) {
        put(path, *words[2], strtol(words[3], NULL, 8), words[4], length);
    } else if (!strcmp(what, "write")) {
        fill(path, O_TRUNC, words[2], length);
    } else if (!strcmp(what, "remove")) {
        destroy(path);
    } else if (!strcmp(what, "touch")) {
        CHECK(utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW) == 0);
    } else if (!strcmp(what, "mode")) {
        CHECK(chmod(path, strtol(words[2], NULL, 8)) == 0);
    } else if (!strcmp(what, "rename")) {
        CHECK(rename(path, words[2]) == 0);
    } else if (!strcmp(what, "look")) {
        look(path, "");
        puts(".");
        fflush(stdout);
    } else {
        fprintf(stderr, "no such request: %s\n", what);
        _exit(FAILED);
    }
}

int main(void)
{
    umask(022);
    while (fgets(line, sizeof line, stdin)) {
        count = 0;
        for (char *word = strtok(line, " \n"); word && count < MOST - 1; word = strtok(NULL, " \n"))
            words[count++] = word;
        if (count > 0)
            serve();
    }
    return 0;
}
