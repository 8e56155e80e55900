// A file that gets its name only after it was written.
//= 1 create linked
#include "program.h"

int main(void)
{
    char name[64];
    int fd = open(".", O_TMPFILE | O_WRONLY, 0666);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        return UNSUPPORTED;
    CHECK(fd >= 0);
    CHECK(write(fd, "text\n", 5) == 5);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    CHECK(linkat(AT_FDCWD, name, AT_FDCWD, "linked", AT_SYMLINK_FOLLOW) == 0);
    return 0;
}
