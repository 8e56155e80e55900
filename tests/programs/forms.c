// One file, one way to write its path: the trace has its plain name.
//< sub/
//< sub/01
//< sub/02
//< sub/03
//< sub/04
//< sub/05
//< sub/06
//< sub/07
//< sub/08
//< sub/09
//< sub/10
//< sub/11
//< sub/12
//< sub/13
//< sub/gone
//< from/
//= 1 read sub/01
//= 1 read sub/02
//= 1 read sub/03
//= 1 read sub/04
//= 1 read sub/05
//= 1 read sub/06
//= 1 read sub/07
//= 1 read sub/08
//= 1 read sub/09
//= 1 read sub/10
//= 1 read sub/11
//= 1 read sub/12
//= 1 create sub/new
//= 1 read-write sub/13
//= 1 link-from sub/13 sub/linked
//= 1 link-to sub/linked sub/13
//= 1 mkdir made
//= 1 rename-from from to
//= 1 rename-to to from
//= 1 delete made
//= 1 delete sub/gone
//= 1 delete to
#include "program.h"

static char cwd[PATH_MAX];

static void read_as(const char *format, long number)
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, format, number, cwd);
    read_all(path);
}

static int open_in_root(int root, const char *path, int flags, int mode)
{
    uint64_t how[3] = {flags, mode, 0x10};
    return syscall(437, root, path, how, sizeof how);
}

int main(void)
{
    CHECK(getcwd(cwd, sizeof cwd) != NULL);
    int sub = open("sub", O_RDONLY | O_DIRECTORY);
    CHECK(sub >= 0);
    read_all("sub//01");
    read_all("./sub/./02");
    read_all("sub/../sub/03");
    read_as("%2$s//sub///04", 0);
    read_as("/proc/self/cwd/sub/05", 0);
    read_as("/proc/thread-self/cwd/sub/06", 0);
    read_as("/proc/%1$ld/root/%2$s/sub/07", getpid());
    read_as("/proc/self/fd/%1$ld/08", sub);
    read_as("/dev/fd/%1$ld/09", sub);
    CHECK(openat(sub, "../sub/./10", O_RDONLY) >= 0);
    read_as("/proc/%1$ld/cwd/sub/../sub/11", getpid());
    int in_root = open_in_root(sub, "/../12", O_RDONLY, 0);
    if (in_root < 0 && errno == ENOSYS)
        return UNSUPPORTED;
    CHECK(in_root >= 0);
    CHECK(open_in_root(sub, "/new", O_WRONLY | O_CREAT, 0666) >= 0);
    CHECK(open_in_root(sub, "/missing", O_WRONLY, 0) < 0);
    CHECK(open("sub/01/", O_RDONLY) < 0 && errno == ENOTDIR);
    CHECK(open("sub/01/.", O_RDONLY) < 0 && errno == ENOTDIR);
    CHECK(open("sub/.", O_RDONLY) >= 0);

    char path[64];
    int fd = open("sub/13", O_RDWR);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(linkat(AT_FDCWD, path, sub, "linked", AT_SYMLINK_FOLLOW) == 0);
    CHECK(mkdir("made/", 0777) == 0);
    CHECK(rename("from/", "./to/") == 0);
    CHECK(rmdir("made/") == 0);
    CHECK(unlink("sub/./gone") == 0);
    CHECK(unlinkat(AT_FDCWD, "/proc/self/cwd/to", AT_REMOVEDIR) == 0);
    return 0;
}
