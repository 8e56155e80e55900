// clone3 with CLONE_FS: the child's chdir moves the parent. Then unshare(CLONE_FS): it does not any more.
//< sub/
//< sub/deeper/
//= 1 create sub/from-child
//= 1 create sub/from-parent
//= 1 create sub/deeper/from-unshared
//= 1 create sub/still-here
#include "program.h"

// <linux/sched.h> and <sched.h> do not go together.
struct clone_arguments {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

int main(void)
{
    struct clone_arguments arguments = { .flags = CLONE_FS, .exit_signal = SIGCHLD };
    pid_t pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid < 0 && errno == ENOSYS)
        return UNSUPPORTED;
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(chdir("sub") == 0);
        create("from-child");
        _exit(0);
    }
    wait_success(pid);
    create("from-parent");

    pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(unshare(CLONE_FS) == 0);
        CHECK(chdir("deeper") == 0);
        create("from-unshared");
        _exit(0);
    }
    wait_success(pid);
    create("still-here");
    return 0;
}
