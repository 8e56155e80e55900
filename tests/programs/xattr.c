// Extended attributes, by name and by descriptor.
//< named
//< opened
//= 1 attributes named
//= 1 read opened
//= 1 attributes opened
#include "program.h"
#include <sys/xattr.h>

int main(void)
{
    // tmpfs has those of users since Linux 6.6, and those of root before.
    const char *name = "user.fptrace";
    if (setxattr("named", name, "value", 5, 0) < 0) {
        name = "trusted.fptrace";
        if (setxattr("named", name, "value", 5, 0) < 0 && (errno == ENOTSUP || errno == EPERM)) {
            fprintf(stderr, "this file system has no extended attributes for this user\n");
            return UNSUPPORTED;
        }
    }
    int fd = open("opened", O_RDONLY);
    CHECK(fd >= 0);
    CHECK(fsetxattr(fd, name, "value", 5, 0) == 0);
    return 0;
}
