// Files and directories without a name any more, and a name that only looks like it.
//< away/
//< looks (deleted)
//< kept
//= 1 create temporary
//= 1 delete temporary
//= 1 read looks (deleted)
//= 1 delete away
//= 1 create temporary
//= 1 read kept
#include "program.h"

int main(void)
{
    char path[64];
    int fd = open("temporary", O_RDWR | O_CREAT | O_EXCL, 0666), directory = open("away", O_RDONLY | O_DIRECTORY);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    CHECK(fd >= 0 && directory >= 0 && here >= 0);
    CHECK(unlink("temporary") == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(open(path, O_RDWR) >= 0);
    CHECK(write(fd, "text", 4) == 4 && ftruncate(fd, 1) == 0 && fchmod(fd, 0600) == 0);
    read_all("looks (deleted)");

    CHECK(chdir("away") == 0);
    CHECK(rmdir("../away") == 0);
    CHECK(open("nothing", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(open("nothing", O_WRONLY | O_CREAT, 0666) < 0 && errno == ENOENT);
    CHECK(openat(directory, "nothing", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(mkdirat(directory, "nothing", 0777) < 0 && errno == ENOENT);
    CHECK(openat(here, "temporary", O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(open("../kept", O_RDONLY) >= 0);
    return 0;
}
