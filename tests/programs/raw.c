// No libc, no dynamic loader: the calls of a Go or an assembly program.
//< input
//= 1 read input
//= 1 create output
#include <fcntl.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#else
#error "no system call sequence for this architecture"
#endif
}

void _start(void)
{
    char buffer[64];
    long in = call(SYS_openat, AT_FDCWD, (long)"input", O_RDONLY, 0);
    long length = in < 0 ? -1 : call(SYS_read, in, (long)buffer, sizeof buffer, 0);
    long out = call(SYS_openat, AT_FDCWD, (long)"output", O_WRONLY | O_CREAT | O_EXCL, 0666);
    long written = out < 0 ? -1 : call(SYS_write, out, (long)buffer, length, 0);
    call(SYS_exit_group, length > 0 && written == length ? 0 : 99, 0, 0, 0);
    __builtin_unreachable();
}
