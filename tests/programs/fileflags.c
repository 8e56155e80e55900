// Attributes as chattr(1) sets them, by ioctl; not every file system has them.
//< file
//< project
//= 1 read file
//= 1 read project
//= 1 attributes file
//= 1 attributes project
#include "program.h"
#include <linux/fs.h>
#include <sys/ioctl.h>

int main(void)
{
    int flags;
    struct fsxattr attributes;
    int fd = open("file", O_RDONLY), project = open("project", O_RDONLY);
    CHECK(fd >= 0 && project >= 0);
    if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0) {
        // Then there is nothing to set, and this is the same to the trace.
        CHECK(fchmod(fd, 0600) == 0 && fchmod(project, 0600) == 0);
        return 0;
    }
    flags |= FS_NODUMP_FL;
    CHECK(ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0);
    CHECK(ioctl(project, FS_IOC_FSGETXATTR, &attributes) == 0);
    attributes.fsx_xflags |= FS_XFLAG_NODUMP;
    CHECK(ioctl(project, FS_IOC_FSSETXATTR, &attributes) == 0);
    return 0;
}
