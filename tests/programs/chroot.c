// Inside a chroot a path means another file.
//< outside
//< jail/
//< jail/etc/
//< jail/etc/passwd
//< jail/etc/hosts
//< jail/etc/group
//< jail/up
//< jail/deep/
//= 1 read outside
//= 1 read jail/etc/passwd
//= 1 create jail/inside
//= 1 symlink jail/link /etc
//= 1 read jail/link/hosts
//= 1 read jail/up
//= 1 create jail/deep/made
//= 1 read jail/etc/group
//= 1 delete jail/inside
#include "program.h"

int main(void)
{
    struct stat status;
    if (chroot("jail") < 0 && errno == EPERM)
        return UNSUPPORTED;
    // The working directory stayed outside.
    read_all("outside");
    CHECK(chdir("/") == 0);
    read_all("/etc/passwd");
    create("/inside");
    CHECK(symlink("/etc", "/link") == 0);
    read_all("/link/hosts");
    read_all("/../../up");

    // The root itself is a directory, whatever it is called.
    CHECK(stat(".", &status) == 0 && stat("..", &status) == 0 && stat("/", &status) == 0);
    CHECK(open(".", O_RDONLY) >= 0 && open("..", O_RDONLY) >= 0 && open("/..", O_RDONLY) >= 0);
    CHECK(chdir("deep") == 0);
    create("made");
    read_all("../link/../etc/./group");
    CHECK(open("/etc/shadow", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(stat("/proc/self/status", &status) < 0 && open("/proc/self/status", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(unlink("../../../inside") == 0);
    return 0;
}
