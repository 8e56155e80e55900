// A file that gets its name only after it was written, and a file that never gets a name and is read through a standard
// stream.
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

    int other = open(".", O_TMPFILE | O_RDWR, 0666);
    CHECK(other >= 0);
    CHECK(write(other, "text\n", 5) == 5 && lseek(other, 0, SEEK_SET) == 0);
    CHECK(dup2(other, 0) == 0 && read(0, name, 5) == 5);
    return 0;
}
