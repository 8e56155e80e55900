// i386 calls from 64-bit code: other numbers, other registers.
//< input
//= 1 read input
//= 1 create output
//= 1 mkdir made
#include "program.h"

#if defined(__x86_64__)
static void unsupported(int signal)
{
    (void)signal;
    _exit(UNSUPPORTED);
}

static int call32(int number, const char *path, int flags, int mode)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"((long)number), "b"(path), "c"((long)flags), "d"((long)mode)
                     : "memory", "r8", "r9", "r10", "r11");
    return (int)result;
}

int main(void)
{
    enum { I386_open = 5, I386_mkdir = 39, I386_getpid = 20 };
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    CHECK(memory != MAP_FAILED);
    signal(SIGSEGV, unsupported);
    if (call32(I386_getpid, NULL, 0, 0) != getpid())
        return UNSUPPORTED;
    CHECK(call32(I386_open, strcpy(memory, "input"), O_RDONLY, 0) >= 0);
    CHECK(call32(I386_open, strcpy(memory, "output"), O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(call32(I386_mkdir, strcpy(memory, "made"), 0777, 0) == 0);
    return 0;
}
#else
int main(void)
{
    fprintf(stderr, "this processor has no calls of i386\n");
    return UNSUPPORTED;
}
#endif
