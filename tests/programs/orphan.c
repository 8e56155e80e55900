// A process that is killed after the kernel made its child and before the kernel tells the tracer of the child. In
// between the kernel writes the child's number to memory, and waits for the page of it. The child makes a file.
#include "program.h"
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>

static void *strike(void *faults)
{
    struct uffd_msg message;
    CHECK(read((int)(intptr_t)faults, &message, sizeof message) == sizeof message);
    kill(getpid(), SIGKILL);
    return NULL;
}

static void make(int lasts)
{
    pthread_t thread;
    size_t size = sysconf(_SC_PAGESIZE);
    void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_api api = { .api = UFFD_API };
    struct uffdio_register range = { .range = { (uintptr_t)page, size }, .mode = UFFDIO_REGISTER_MODE_MISSING };
    int faults = syscall(SYS_userfaultfd, O_CLOEXEC);
    if (faults < 0)
        _exit(UNSUPPORTED);
    CHECK(page != MAP_FAILED && ioctl(faults, UFFDIO_API, &api) == 0 && ioctl(faults, UFFDIO_REGISTER, &range) == 0);
    CHECK(pthread_create(&thread, NULL, strike, (void *)(intptr_t)faults) == 0);
    if (syscall(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, page, 0, 0) == 0) {
        create("made");
        CHECK(write(lasts, "x", 1) == 1);
        _exit(0);
    }
    for (;;)
        pause();
}

int main(void)
{
    int lasts[2], status;
    char byte;
    CHECK(pipe(lasts) == 0);
    pid_t maker = fork();
    CHECK(maker >= 0);
    if (maker == 0)
        make(lasts[1]);
    CHECK(waitpid(maker, &status, 0) == maker);
    if (WIFEXITED(status) && WEXITSTATUS(status) == UNSUPPORTED)
        return UNSUPPORTED;
    CHECK(WIFSIGNALED(status));
    close(lasts[1]);
    CHECK(read(lasts[0], &byte, 1) == 1);
    return 0;
}
