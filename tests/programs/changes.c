// Every call that changes names or attributes.
//< old
//< left
//< right
//< existing
//< cut
//< cut-open
//< mode
//< times
//< gone
//< doomed/
//< over
//< under
//= 1 rename-from old new
//= 1 rename-to new old
//= 1 rename-from left right
//= 1 rename-to right left
//= 1 rename-from right left
//= 1 rename-to left right
//= 1 link-from existing linked
//= 1 link-to linked existing
//= 1 symlink pointer target
//= 1 mkdir made
//= 1 create fifo
//= 1 write cut
//= 1 write cut-open
//= 1 attributes mode
//= 1 attributes times
//= 1 delete gone
//= 1 delete doomed
//= 1 rename-from over under
//= 1 rename-to under over
#include "program.h"

#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

int main(void)
{
    CHECK(rename("old", "new") == 0);
    CHECK(syscall(SYS_renameat2, AT_FDCWD, "left", AT_FDCWD, "right", RENAME_EXCHANGE) == 0);
    CHECK(link("existing", "linked") == 0);
    CHECK(symlink("target", "pointer") == 0);
    CHECK(mkdir("made", 0777) == 0);
    CHECK(mknod("fifo", S_IFIFO | 0666, 0) == 0);
    CHECK(truncate("cut", 3) == 0);
    int fd = open("cut-open", O_WRONLY);
    CHECK(fd >= 0);
    CHECK(ftruncate(fd, 1) == 0);
    CHECK(chmod("mode", 0600) == 0);
    CHECK(utimensat(AT_FDCWD, "times", NULL, 0) == 0);
    CHECK(unlink("gone") == 0);
    CHECK(rmdir("doomed") == 0);
    CHECK(rename("over", "under") == 0);
    CHECK(rename("missing", "nowhere") < 0 && errno == ENOENT);
    CHECK(unlink("missing") < 0 && errno == ENOENT);
    CHECK(mkdir("made", 0777) < 0 && errno == EEXIST);
    return 0;
}
