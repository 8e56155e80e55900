// Paths by pointers with a tag: aarch64 ignores the first byte of an address, and so does the kernel if asked to.
//= 1 create made
//= 1 read made
//= 1 rename-from made renamed
//= 1 rename-to renamed made
#include "program.h"
#include <sys/prctl.h>

#ifndef PR_SET_TAGGED_ADDR_CTRL
#define PR_SET_TAGGED_ADDR_CTRL 55
#endif

static char *tagged(const char *path)
{
    uintptr_t tag = 0;
#ifdef __aarch64__
    tag = (uintptr_t)0x5a << 56;
#endif
    return (char *)((uintptr_t)path | tag);
}

int main(void)
{
#ifdef __aarch64__
    if (prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 0, 0) != 0)
        return UNSUPPORTED;
#endif
    create(tagged("made"));
    read_all(tagged("made"));
    CHECK(rename(tagged("made"), tagged("renamed")) == 0);
    return 0;
}
