// Every way to open, from a binary no preloaded library could see into.
//< input
//< both
//< appended
//< truncated
//< directory/
//= 1 read input
//= 1 create output
//= 1 read-write both
//= 1 write appended
//= 1 write truncated
//= 1 create made
//= 1 read second
//< second
//= 1 create directory/relative
#include "program.h"

int main(void)
{
    read_all("input");
    create("output");
    CHECK(open("both", O_RDWR) >= 0);
    CHECK(open("appended", O_WRONLY | O_APPEND) >= 0);
    CHECK(open("truncated", O_WRONLY | O_TRUNC) >= 0);
    CHECK(creat("made", 0666) >= 0);
    int directory = open("directory", O_RDONLY | O_DIRECTORY);
    CHECK(directory >= 0);
    CHECK(openat(directory, "../second", O_RDONLY) >= 0);
    CHECK(openat(directory, "relative", O_RDWR | O_CREAT | O_EXCL, 0666) >= 0);
    CHECK(open("input", O_PATH) >= 0);
    CHECK(open("missing", O_RDONLY) < 0 && errno == ENOENT);
    CHECK(open("input", O_WRONLY | O_CREAT | O_EXCL, 0666) < 0 && errno == EEXIST);
    return 0;
}
