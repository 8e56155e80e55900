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
    if (setxattr("named", "user.fptrace", "value", 5, 0) < 0 && (errno == ENOTSUP || errno == EPERM))
        return UNSUPPORTED;
    int fd = open("opened", O_RDONLY);
    CHECK(fd >= 0);
    CHECK(fsetxattr(fd, "user.fptrace", "value", 5, 0) == 0);
    return 0;
}
