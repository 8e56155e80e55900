// Steps of sights.c about descriptors: what is opened by one name and used when that name may be another's.
#pragma once
#include "sights.h"

// What the step "hold" opened last.
static int held = -1;

static char *hold(const char *path, long flags)
{
    if (held >= 0)
        close(held);
    held = openat(base, path, flags | O_NONBLOCK | O_CLOEXEC, 0644);
    return held < 0 ? strerror(errno) : "open";
}

// By the link of the descriptor in /proc.
static char *again(int fd, long flags)
{
    static char buffer[2048];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int own = open(link, flags | O_NONBLOCK | O_CLOEXEC);
    char *text = own < 0 ? strerror(errno) : quoted(buffer, read(own, buffer, sizeof buffer));
    if (own >= 0)
        close(own);
    return text;
}

static char *use(const char *how, const char *name)
{
    static char buffer[2048];
    struct stat seen;
    if (!strcmp(how, "read"))
        return quoted(buffer, pread(held, buffer, sizeof buffer, 0));
    if (!strcmp(how, "again"))
        return again(held, O_RDONLY);
    if (!strcmp(how, "cd"))
        return word(fchdir(held));
    if (!strcmp(how, "write"))
        return word(write(held, name, strlen(name)));
    if (!strcmp(how, "cut"))
        return word(ftruncate(held, strlen(name)));
    if (!strcmp(how, "mode"))
        return word(fchmod(held, strlen(name) == 1 ? 0644 : 0755));
    if (!strcmp(how, "list")) {
        // As fdopendir(3) of a program that lists again what it listed before.
        int own = openat(held, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        lseek(held, 0, SEEK_SET);
        char *text = names(own >= 0 && strlen(name) > 1 ? own : dup(held));
        if (own >= 0)
            close(own);
        return text;
    }
    if (!strcmp(how, "at")) {
        int outer = base;
        base = held;
        char *text = quoted(buffer, slurp(name, buffer, sizeof buffer));
        base = outer;
        return text;
    }
    if (fstat(held, &seen) < 0)
        return strerror(errno);
    snprintf(buffer, sizeof buffer, "%o %ld", seen.st_mode, S_ISREG(seen.st_mode) ? (long)seen.st_size : 0);
    return buffer;
}

// What a program does that must not follow links in between, or leave a directory.
static char *confined(const char *path, long resolve)
{
    static char buffer[2048];
    uint64_t how[3] = {O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0, resolve};
    int fd = syscall(SYS_openat2, base, path, how, sizeof how);
    char *text = fd < 0 ? strerror(errno) : quoted(buffer, read(fd, buffer, sizeof buffer));
    if (fd >= 0)
        close(fd);
    return text;
}

static char *reopen(const char *path)
{
    int fd = openat(base, path, O_PATH | O_CLOEXEC);
    char *text = fd < 0 ? strerror(errno) : again(fd, O_RDONLY);
    if (fd >= 0)
        close(fd);
    return text;
}

// A program by a descriptor, as fexecve(3). A script needs it open after the exec.
static char *start_open(const char *path, long flags)
{
    char *argv[] = {(char *)path, number(depth + 1), NULL};
    if (depth >= DEEPEST)
        return "deep enough";
    pid_t child = fork();
    if (child == 0) {
        int fd = openat(base, path, flags | O_NONBLOCK);
        syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
        _exit(100 + errno);
    }
    return wait_for(child);
}

// A file that gets its name when it is complete.
static char *named_late(const char *directory, const char *path)
{
    char link[64];
    int fd = openat(base, directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
    if (fd < 0)
        return strerror(errno);
    CHECK(write(fd, "late", 4) == 4);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    char *text = word(linkat(AT_FDCWD, link, base, path, AT_SYMLINK_FOLLOW));
    close(fd);
    return text;
}

// Changes the first byte through a mapping.
static char *map(const char *path, const char *text)
{
    struct stat seen;
    int fd = openat(base, path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    char *bytes = fstat(fd, &seen) == 0 && S_ISREG(seen.st_mode) && seen.st_size > 0
        ? mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
        : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED)
        return "no bytes";
    char *old = number(*bytes);
    *bytes = *text;
    munmap(bytes, 1);
    return old;
}
