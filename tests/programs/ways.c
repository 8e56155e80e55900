// Paths that end where they seem to go on, lead on behind a link that changes, or name nothing any more.
//< file
//< other
//< one/
//< two/
//< root/
//< root/inside
//= 1 symlink way one
//= 1 create way/made
//= 1 delete way
//= 1 symlink way two
//= 1 create way/made
//= 1 rename-from other way
//= 1 rename-to way other
//= 1 delete way
//= 1 mkdir way
//= 1 create way/made
//= 1 create one/behind
//= 1 create short
//= 1 delete short
//= 1 read root/inside
#include "program.h"

static void fails(const char *path, int error)
{
    errno = 0;
    CHECK(open(path, O_RDONLY) < 0 && errno == error);
}

int main(void)
{
    // Read without the "..", these would be "file".
    fails("missing/../file", ENOENT);
    fails("file/../file", ENOTDIR);
    fails("/proc/self/cwd/missing/../file", ENOENT);

    // The same name three times, of three files.
    CHECK(symlink("one", "way") == 0);
    create("way/made");
    CHECK(unlink("way") == 0);
    CHECK(symlink("two", "way") == 0);
    create("way/made");
    CHECK(rename("other", "way") == 0);
    CHECK(unlink("way") == 0);
    CHECK(mkdir("way", 0777) == 0);
    create("way/made");

    // Our own /proc/self/cwd is not the tracer's.
    create("/proc/self/cwd/one/../one/behind");

    // What has no name has no accesses.
    create("short");
    int fd = open("short", O_RDWR);
    CHECK(fd >= 0 && unlink("short") == 0);
    char again[64];
    snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
    CHECK(open(again, O_RDONLY) >= 0);
    CHECK(open(again, O_WRONLY | O_TRUNC) >= 0);
    CHECK(futimens(fd, NULL) == 0);
    CHECK(chmod(again, 0600) == 0);
    CHECK(ftruncate(fd, 1) == 0);

    // "/" is the directory here.
    struct { uint64_t flags, mode, resolve; } how = {O_RDONLY, 0, 0x10};
    int root = open("root", O_PATH);
    CHECK(root >= 0);
    if (syscall(437, root, "/inside", &how, sizeof how) < 0) {
        CHECK(errno == ENOSYS);
        return UNSUPPORTED;
    }
    how.flags = O_RDONLY;
    CHECK(syscall(437, root, "/../file", &how, sizeof how) < 0);
    return 0;
}
