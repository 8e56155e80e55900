// ".." after a symbolic link is the parent of its target.
//< real/
//< real/sub/
//= 1 symlink link real/sub
//= 1 create real/by-path
//= 1 create real/by-directory
#include "program.h"

int main(void)
{
    CHECK(symlink("real/sub", "link") == 0);
    create("link/../by-path");
    CHECK(chdir("link") == 0);
    create("../by-directory");
    return 0;
}
