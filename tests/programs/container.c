// Runs a command in another root, as a container does: container ROOT OPTION... -- COMMAND...
// A tmpfs of 1 MB is on /w, and is the working directory. Who is not root gets a user namespace.
//   proc          with /proc
//   read-only     a root that cannot be written
//   user          as user 1000 without capabilities and without a way to more
//   docker        with the capabilities and the system calls that Docker leaves (its profile, default.json)
//   podman        the same with the system calls that Podman leaves (containers-common, seccomp.json)
#include "program.h"
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <grp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>

enum { USER = 1000, MOST = 128, SINCE_5_17 = 450 };

#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define FAIL(number) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (number))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

// The profiles list what they allow. These are the others; -1 ends a list.
static const int refused_by_docker[] = { SYS_acct, SYS_add_key, SYS_bpf, SYS_clock_settime, SYS_delete_module,
    SYS_fanotify_init, SYS_finit_module, SYS_fsconfig, SYS_fsmount, SYS_fsopen, SYS_fspick, SYS_get_mempolicy,
    SYS_init_module, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup, SYS_kcmp, SYS_kexec_load,
    SYS_keyctl, SYS_lookup_dcookie, SYS_mbind, SYS_migrate_pages, SYS_mount, SYS_mount_setattr, SYS_move_mount,
    SYS_move_pages,
    SYS_nfsservctl, SYS_open_by_handle_at, SYS_open_tree, SYS_perf_event_open, SYS_pidfd_getfd, SYS_pivot_root,
    SYS_process_madvise, SYS_quotactl, SYS_quotactl_fd, SYS_reboot, SYS_request_key, SYS_setdomainname, SYS_sethostname,
    SYS_set_mempolicy, SYS_setns, SYS_settimeofday, SYS_swapoff, SYS_swapon, SYS_syslog, SYS_umount2, SYS_unshare,
    SYS_userfaultfd, SYS_vhangup, -1 };
static const int unknown_to_docker[] = { SYS_clone3, -1 };
static const int refused_by_podman[] = { SYS_acct, SYS_bpf, SYS_clock_settime, SYS_delete_module, SYS_fanotify_init,
    SYS_finit_module, SYS_get_mempolicy, SYS_init_module, SYS_kcmp, SYS_kexec_load, SYS_lookup_dcookie, SYS_mbind,
    SYS_membarrier, SYS_migrate_pages, SYS_move_pages, SYS_nfsservctl, SYS_open_by_handle_at, SYS_perf_event_open,
    SYS_process_madvise, SYS_process_vm_readv, SYS_process_vm_writev, SYS_quotactl, SYS_set_mempolicy,
    SYS_setdomainname, SYS_sethostname, SYS_setns, SYS_settimeofday, SYS_swapoff, SYS_swapon, SYS_userfaultfd,
    SYS_vhangup, SYS_vmsplice, -1 };
static const int unknown_to_podman[] = { SYS_add_key, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup,
    SYS_landlock_add_rule, SYS_landlock_create_ruleset, SYS_landlock_restrict_self, SYS_mount_setattr, SYS_quotactl_fd,
    SYS_request_key, 447, 448, 449, -1 };

// What Docker leaves to root.
static const int capabilities[] = { CAP_AUDIT_WRITE, CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL,
    CAP_MKNOD, CAP_NET_BIND_SERVICE, CAP_NET_RAW, CAP_SETFCAP, CAP_SETGID, CAP_SETPCAP, CAP_SETUID, CAP_SYS_CHROOT,
    -1 };

static int is_in(const int *list, int number)
{
    for (; *list >= 0; list++)
        if (*list == number)
            return 1;
    return 0;
}

static void confine(const int *refused, const int *unknown, int of_later_kernels)
{
    struct sock_filter filter[2 * MOST + 16];
    unsigned short length = 0;
#define ADD(...) filter[length++] = (struct sock_filter)__VA_ARGS__
    ADD(LOAD(nr));
    ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SINCE_5_17, 0, 1));
    ADD(FAIL(of_later_kernels));
    for (const int *call = refused; *call >= 0; call++)
    {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *call, 0, 1));
        ADD(FAIL(EPERM));
    }
    for (const int *call = unknown; *call >= 0; call++)
    {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *call, 0, 1));
        ADD(FAIL(ENOSYS));
    }

    // No clone with a namespace of its own, where unshare is refused too.
    if (is_in(refused, SYS_unshare))
    {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
        ADD(LOAD(args[0]));
        ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x7e020000, 0, 1));
        ADD(FAIL(EPERM));
    }
    ADD(ALLOW);
    struct sock_fprog program = { .len = length, .filter = filter };
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        _exit(UNSUPPORTED);
}

static void write_to(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

// Root without a user namespace; everybody else with one, in which they are that user.
static void unshare_as(int user, int is_root)
{
    char map[64];
    int group = getegid(), own = geteuid();
    if (unshare(CLONE_NEWNS | (is_root ? 0 : CLONE_NEWUSER)) != 0)
        _exit(UNSUPPORTED);
    if (is_root)
        return;
    write_to("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%d %d 1", user, own);
    write_to("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%d %d 1", user, group);
    write_to("/proc/self/gid_map", map);
}

int main(int argc, char **argv)
{
    int has_proc = 0, is_read_only = 0, user = 0, is_root = geteuid() == 0, word = 2;
    const char *profile = "";
    for (; word < argc && strcmp(argv[word], "--") != 0; word++)
        if (strcmp(argv[word], "proc") == 0)
            has_proc = 1;
        else if (strcmp(argv[word], "read-only") == 0)
            is_read_only = 1;
        else if (strcmp(argv[word], "user") == 0)
            user = USER;
        else
            profile = argv[word];
    CHECK(word + 1 < argc);

    const char *root = argv[1];
    unshare_as(user, is_root);
    CHECK(mount("", "/", "", MS_REC | MS_PRIVATE, "") == 0);
    CHECK(mount(root, root, "", MS_BIND | MS_REC, "") == 0 && chdir(root) == 0);
    CHECK(!has_proc || mount("/proc", "proc", "", MS_BIND | MS_REC, "") == 0);
    CHECK(mount("tmpfs", "w", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=1777") == 0);
    struct statvfs flags;
    CHECK(statvfs(root, &flags) == 0);
    CHECK(!is_read_only || mount("", root, "", MS_REMOUNT | MS_BIND | MS_RDONLY | (flags.f_flag & 15), "") == 0);
    CHECK(chroot(".") == 0 && chdir("/w") == 0);

    CHECK(user == 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (strcmp(profile, "docker") == 0)
        confine(refused_by_docker, unknown_to_docker, EPERM);
    else if (strcmp(profile, "podman") == 0)
        confine(refused_by_podman, unknown_to_podman, ENOSYS);
    else
        CHECK(*profile == 0);
    for (int capability = 0; *profile && capability <= CAP_LAST_CAP; capability++)
        if (user != 0 || !is_in(capabilities, capability))
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (user != 0 && is_root)
        CHECK(setgroups(0, 0) == 0 && setgid(user) == 0 && setuid(user) == 0);
    execv(argv[word + 1], argv + word + 1);
    CHECK(!"execv");
}
