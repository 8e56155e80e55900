// What every test program shares. A program checks its own success before its trace is looked at.
//
// Comments read by the tests:
//   //< name          made before the run in the working directory: a file, or a directory when it ends in '/'
//   //= ID KIND PATH [COUNTERPART]   one expected access of execution ID; paths are relative to the working directory
//   //? ID KIND PATH  may be recorded by the notify engine, which sees no results of calls that change nothing
//   //: unordered     the order of the accesses is left to the scheduler
//   //: probes        the trace shows probes (--probes)
//
// Exit status: 0 success, 77 this machine cannot do it (the test is skipped), 99 the program itself failed.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNSUPPORTED = 77, FAILED = 99 };

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, strerror(errno)); \
            _exit(FAILED); \
        } \
    } while (0)

static inline void __attribute__((unused)) create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    CHECK(fd >= 0);
    CHECK(close(fd) == 0);
}

static inline void __attribute__((unused)) read_all(const char *path)
{
    char buffer[256];
    int fd = open(path, O_RDONLY);
    CHECK(fd >= 0);
    CHECK(read(fd, buffer, sizeof buffer) >= 0);
    CHECK(close(fd) == 0);
}

static inline void __attribute__((unused)) wait_success(pid_t pid)
{
    int status;
    pid_t got;
    do
        got = waitpid(pid, &status, 0);
    while (got < 0 && errno == EINTR);
    CHECK(got == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
