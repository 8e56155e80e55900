// The steps of sights.c that are more than one call. Each gives back what is printed of it.
#pragma once
#include "program.h"
#include <dirent.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <sys/xattr.h>

enum { DEEPEST = 3, MOST = 256 };

extern char **environ;

// Programs that run inside each other; the directory that paths begin at.
static int depth, base = AT_FDCWD;

static char *number(long value)
{
    static char buffers[4][24];
    static int next;
    char *buffer = buffers[next++ & 3];
    snprintf(buffer, sizeof buffers[0], "%ld", value);
    return buffer;
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
        at += bytes[i] == '\n' ? sprintf(at, "\\n")
            : bytes[i] < ' ' ? sprintf(at, "\\%d", bytes[i])
            : sprintf(at, "%c", bytes[i]);
    *at = 0;
    return text;
}

static char *status(const char *path, int flags)
{
    static char text[64];
    struct stat seen;
    if (fstatat(base, path, &seen, flags) < 0)
        return strerror(errno);
    long size = S_ISREG(seen.st_mode) || S_ISLNK(seen.st_mode) ? (long)seen.st_size : 0;
    snprintf(text, sizeof text, "%o %ld", seen.st_mode, size);
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

// What a directory holds; takes the descriptor over.
static char *names(int fd)
{
    static char text[4096];
    char *names[MOST];
    int n = 0;
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return strerror(error);
    }
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

static char *list(const char *path)
{
    return names(openat(base, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static char *wait_for(pid_t child)
{
    int status;
    CHECK(child >= 0 && waitpid(child, &status, 0) == child);
    return number(status);
}

// As execvp(3), but that what is no program is not given to a shell: it would be one that calls itself.
static void search(const char *name, char **argv)
{
    char way[4096], file[PATH_MAX], *rest;
    snprintf(way, sizeof way, "%s", getenv("PATH"));
    for (char *directory = strtok_r(way, ":", &rest); directory; directory = strtok_r(NULL, ":", &rest)) {
        snprintf(file, sizeof file, "%s/%s", directory, name);
        execve(file, argv, environ);
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            return;
    }
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
            search(path, argv);
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
    if (put(beside, O_WRONLY | O_CREAT | O_TRUNC, text) < 0)
        return strerror(errno);
    return word(renameat(base, beside, base, path));
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

// One that a program of the world would serve, or reach; nothing stands behind it afterwards.
static char *socket_at(const char *path, int binds)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return "too long";
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    char *text = word((binds ? bind : connect)(fd, (struct sockaddr *)&address, sizeof address));
    close(fd);
    return text;
}

static char *file_system(const char *path)
{
    struct statfs seen;
    return statfs(path, &seen) < 0 ? strerror(errno) : number(seen.f_type);
}

static char *attribute(const char *path)
{
    char value[16];
    return word(lgetxattr(path, "user.nobody", value, sizeof value));
}

// As a lock is taken: the second name appears only if nothing stands there, and the first goes.
static char *relink(const char *from, const char *to)
{
    char *text = word(linkat(base, from, base, to, 0));
    return *text == '0' && unlinkat(base, from, 0) < 0 ? strerror(errno) : text;
}
