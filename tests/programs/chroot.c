// Inside a chroot a path means another file.
//< jail/
//< jail/etc/
//< jail/etc/passwd
//= 1 read jail/etc/passwd
//= 1 create jail/inside
#include "program.h"

int main(void)
{
    if (chroot("jail") < 0 && errno == EPERM)
        return UNSUPPORTED;
    CHECK(chdir("/") == 0);
    read_all("/etc/passwd");
    create("/inside");
    return 0;
}
