// Writes through a descriptor whose file is renamed or replaced in between. Each write belongs to the name that the
// file has at that moment.
//= 1 create first
//= 1 rename-from first second
//= 1 rename-to second first
//= 1 write second
//= 1 create third
//= 1 create fourth
//= 1 rename-from third fifth
//= 1 rename-to fifth third
//= 1 write fifth
#include "program.h"

static void write_often(void)
{
    for (int i = 0; i < 100; i++)
        CHECK(write(1, ".", 1) == 1);
}

int main(void)
{
    close(1);
    CHECK(open("first", O_WRONLY | O_CREAT, 0666) == 1);
    write_often();
    CHECK(rename("first", "second") == 0);
    write_often();
    int fd = open("third", O_WRONLY | O_CREAT, 0666);
    CHECK(fd > 2 && dup2(fd, 1) == 1);
    write_often();
    CHECK(close(1) == 0);
    CHECK(open("fourth", O_WRONLY | O_CREAT, 0666) == 1);
    write_often();
    CHECK(rename("third", "fifth") == 0);
    write_often();
    CHECK(dup2(fd, 1) == 1);
    write_often();
    return 0;
}
