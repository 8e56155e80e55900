// A call that moves bytes from file to file has written only if it moved some: not when it is refused, and not at the
// end of the file that it reads.
//< empty
//= 1 create first
//= 1 read empty
//= 1 rename-from first second
//= 1 rename-to second first
//= 1 create full
//= 1 read full
//= 1 rename-from second third
//= 1 rename-to third second
//= 1 write third
//= 1 rename-from third fourth
//= 1 rename-to fourth third
#include "program.h"
#include <sys/sendfile.h>

int main(void)
{
    // Under each new name a write would be news.
    close(1);
    CHECK(open("first", O_WRONLY | O_CREAT | O_APPEND, 0666) == 1);
    int empty = open("empty", O_RDONLY);
    CHECK(empty > 2 && rename("first", "second") == 0);
    CHECK(copy_file_range(empty, NULL, 1, NULL, 6, 0) < 0);
    CHECK(sendfile(1, empty, NULL, 6) < 0);

    int full = open("full", O_WRONLY | O_CREAT, 0666);
    CHECK(write(full, "filled", 6) == 6 && close(full) == 0);
    full = open("full", O_RDONLY);
    CHECK(full > 2 && rename("second", "third") == 0 && fcntl(1, F_SETFL, 0) == 0);
    CHECK(sendfile(1, full, NULL, 6) == 6);
    CHECK(rename("third", "fourth") == 0);
    CHECK(sendfile(1, full, NULL, 6) == 0);
    return 0;
}
