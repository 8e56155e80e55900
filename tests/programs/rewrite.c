// A file read and then written; a written directory that gets another name.
//< data
//= 1 read data
//= 1 write data
//= 1 mkdir folder
//= 1 create folder/file
//= 1 rename-from folder moved
//= 1 rename-to moved folder
#include "program.h"

int main(void)
{
    read_all("data");
    int fd = open("data", O_WRONLY | O_TRUNC);
    CHECK(fd >= 0);
    CHECK(write(fd, "new\n", 4) == 4);
    CHECK(mkdir("folder", 0777) == 0);
    create("folder/file");
    CHECK(rename("folder", "moved") == 0);
    return 0;
}
