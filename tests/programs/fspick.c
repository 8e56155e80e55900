// A mount is picked by a path: whether something stands there is asked, and nothing changes.
//: probes
//< plain
//< sub/
//< sub/inner
//< sub/inherited
//= 1 probe plain
//= 1 absent missing
//= 1 absent plain/below
//= 1 probe sub
//= 1 probe sub/inner
//= 1 symlink link missing
//= 1 probe link
//= 2 probe sub/inherited
#include "program.h"

// The root of a mount succeeds, as /proc is; what else is there is refused with EINVAL.
enum { SYMLINK_NOFOLLOW = 2, EMPTY_PATH = 8 };

static int fspick(int at, const char *path, unsigned flags)
{
    return syscall(433, at, path, flags);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(fspick(atoi(argv[1]), "inherited", 0) < 0 && errno == EINVAL);
        return 0;
    }

    int mount = fspick(AT_FDCWD, "/proc", 0);
    if (mount < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL))
        return UNSUPPORTED;
    CHECK(mount >= 0);
    CHECK(fspick(AT_FDCWD, "plain", 0) < 0 && errno == EINVAL);
    CHECK(fspick(AT_FDCWD, "missing", 0) < 0 && errno == ENOENT);
    CHECK(fspick(AT_FDCWD, "plain/below", 0) < 0 && errno == ENOTDIR);

    int sub = open("sub", O_RDONLY | O_DIRECTORY);
    CHECK(sub >= 0);
    CHECK(fspick(sub, "inner", 0) < 0 && errno == EINVAL);
    CHECK(fspick(sub, "", EMPTY_PATH) < 0 && errno == EINVAL);
    CHECK(fspick(-1, "inner", 0) < 0 && errno == EBADF);

    // Followed, the link would lead nowhere.
    CHECK(symlink("missing", "link") == 0);
    CHECK(fspick(AT_FDCWD, "link", SYMLINK_NOFOLLOW) < 0 && errno == EINVAL);

    char number[16];
    snprintf(number, sizeof number, "%d", sub);
    CHECK(execv("/proc/self/exe", (char *[]){argv[0], number, NULL}) == 0);
}
