// A file whose absolute path has 4,095 bytes, the most that one call can name, and one beyond it.
#include "program.h"

int main(void)
{
    char path[PATH_MAX + 1], component[201];
    CHECK(getcwd(path, sizeof path) != NULL);
    memset(component, 'd', 200);
    component[200] = 0;
    size_t length = strlen(path);
    while (length + 201 + 2 <= PATH_MAX - 1) {
        CHECK(mkdir(component, 0777) == 0);
        CHECK(chdir(component) == 0);
        path[length++] = '/';
        memcpy(path + length, component, 200);
        length += 200;
    }
    path[length++] = '/';
    while (length < PATH_MAX - 1)
        path[length++] = 'f';
    path[length] = 0;
    CHECK(strlen(path) == 4095);
    create(path);
    CHECK(mkdir(component, 0777) == 0);
    CHECK(chdir(component) == 0);
    create("beyond");
    read_all("beyond");
    return 0;
}
