// watch LOG COMMAND...: runs the command and writes to LOG what fanotify(7) tells of its processes. Only root may.
//
// A record has four fields, each of which ends with a zero byte: the process, what it did (words: open, exec, create,
// delete, rename, modify, attrib, and dir for a directory), the path, and the new path of a rename. The records are in
// the kernel's order. The kernel makes one event of those of one process and one file that nobody has read yet. So each
// execve waits (FAN_OPEN_EXEC_PERM) until those before it are read: none counts for the next program.
//
// The command is a tracer, whose own processes do not count: the first one, and whatever one of them starts to run the
// same program, until that runs another one. They are known at each execve, which waits.
//
// The command runs in a PID namespace of its own, so that the kernel itself tells its processes from others: those have
// the number 0. The number 1 is this program's. Its exit status is the command's; 77 where the kernel or a sandbox
// denies any of this.
#include "program.h"
#include <ftw.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/statfs.h>

#ifndef FAN_RENAME
#define FAN_RENAME 0x10000000
#define FAN_REPORT_TARGET_FID 0x1000
#endif
enum { OLD_NAME = 10, NEW_NAME = 12, MOST_SYSTEMS = 8, BUCKETS = 1 << 16, MOST_PROCESSES = 1 << 22 };

static const struct { uint64_t bit; const char *word; } words[] = {
    { FAN_OPEN, "open" }, { FAN_OPEN_EXEC, "exec" }, { FAN_CREATE, "create" }, { FAN_DELETE, "delete" },
    { FAN_RENAME, "rename" }, { FAN_MODIFY, "modify" }, { FAN_ATTRIB, "attrib" }, { FAN_ONDIR, "dir" },
};

// Directories by their handles. The kernel names a directory by its handle alone, and it may be gone or have another
// name when the event is read. So what the events tell of directories is kept here.
struct directory {
    struct directory *next;
    char *path;
    unsigned length;
    unsigned char key[sizeof(fsid_t) + sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

static struct directory *directories[BUCKETS];
static struct { fsid_t id; int fd; } systems[MOST_SYSTEMS];
static int system_count;
static FILE *logged;
static struct stat tracer[2];
static int tracer_count;
static bool is_tracer[MOST_PROCESSES];

static struct directory **place(const fsid_t *system, const struct file_handle *handle, struct directory *made)
{
    unsigned char *key = made->key;
    made->length = sizeof *system + sizeof *handle + handle->handle_bytes;
    CHECK(made->length <= sizeof made->key);
    memcpy(key, system, sizeof *system);
    memcpy(key + sizeof *system, handle, sizeof *handle + handle->handle_bytes);
    unsigned hash = 0;
    for (unsigned i = 0; i < made->length; i++)
        hash = hash * 31 + key[i];
    struct directory **at = &directories[hash % BUCKETS];
    while (*at && ((*at)->length != made->length || memcmp((*at)->key, key, made->length)))
        at = &(*at)->next;
    return at;
}

static void learn(const fsid_t *system, const struct file_handle *handle, const char *path)
{
    struct directory *made = calloc(1, sizeof *made);
    CHECK(made);
    struct directory **at = place(system, handle, made);
    if (*at)
        free(made);
    else
        *at = made;
    free((*at)->path);
    CHECK(((*at)->path = strdup(path)));
}

static const char *path_of(const fsid_t *system, const struct file_handle *handle)
{
    struct directory key;
    struct directory **at = place(system, handle, &key);
    if (*at)
        return (*at)->path;
    char link[64], path[PATH_MAX];
    int fd = -1;
    for (int i = 0; i < system_count && fd < 0; i++)
        if (!memcmp(&systems[i].id, system, sizeof *system))
            fd = open_by_handle_at(systems[i].fd, (struct file_handle *)handle, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "watch: a directory was gone before it had a name\n");
        exit(FAILED);
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    CHECK(length > 0);
    path[length] = 0;
    close(fd);
    learn(system, handle, path);
    return (*place(system, handle, &key))->path;
}

static void renamed(const char *old, const char *new)
{
    size_t length = strlen(old);
    for (int i = 0; i < BUCKETS; i++)
        for (struct directory *d = directories[i]; d; d = d->next)
            if (!strncmp(d->path, old, length) && (!d->path[length] || d->path[length] == '/')) {
                char path[2 * PATH_MAX];
                snprintf(path, sizeof path, "%s%s", new, d->path + length);
                free(d->path);
                CHECK((d->path = strdup(path)));
            }
}

static int walked(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)walk, (void)status;
    union { struct file_handle handle; char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ]; } room;
    struct statfs system;
    int mount;
    room.handle.handle_bytes = MAX_HANDLE_SZ;
    if (kind == FTW_D && statfs(path, &system) == 0
        && name_to_handle_at(AT_FDCWD, path, &room.handle, &mount, 0) == 0)
        learn(&system.f_fsid, &room.handle, path);
    return 0;
}

static void mark(int fanotify, int gate, const char *path)
{
    struct statfs system;
    if (statfs(path, &system) != 0)
        return;
    // Of mounts, and not of whole file systems: others on this machine do not wait for this program.
    if (fanotify_mark(gate, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_EXEC_PERM, AT_FDCWD, path) != 0) {
        perror("watch: FAN_OPEN_EXEC_PERM");
        exit(UNSUPPORTED);
    }
    for (int i = 0; i < system_count; i++)
        if (!memcmp(&systems[i].id, &system.f_fsid, sizeof system.f_fsid))
            return;
    uint64_t mask = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        mask |= words[i].bit;
    if (fanotify_mark(fanotify, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, mask, AT_FDCWD, path) != 0) {
        fprintf(stderr, "watch: cannot watch %s: %s\n", path, strerror(errno));
        exit(UNSUPPORTED);
    }
    CHECK(system_count < MOST_SYSTEMS);
    systems[system_count].id = system.f_fsid;
    CHECK((systems[system_count++].fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0);
}

// Where the program lies, which may be a mount of its own.
static void mark_program(int fanotify, int gate, const char *program)
{
    char path[PATH_MAX];
    if (strchr(program, '/') && realpath(program, path)) {
        *strrchr(path, '/') = 0;
        mark(fanotify, gate, *path ? path : "/");
    }
}

static void field(const char *text)
{
    CHECK(fwrite(text, strlen(text) + 1, 1, logged) == 1);
}

static void tell(const struct fanotify_event_metadata *event)
{
    if (event->mask & FAN_Q_OVERFLOW) {
        fprintf(stderr, "watch: the queue of fanotify ran over\n");
        exit(FAILED);
    }
    if (event->pid <= 1 || is_tracer[event->pid])
        return;
    char path[2 * PATH_MAX] = "", new[2 * PATH_MAX] = "", text[128] = "";
    const struct fanotify_event_info_fid *target = NULL;
    const char *end = (const char *)event + event->event_len;
    for (const char *at = (const char *)event + event->metadata_len; at < end;) {
        const struct fanotify_event_info_fid *info = (const void *)at;
        const struct file_handle *handle = (const void *)info->handle;
        const char *name = (const char *)handle->f_handle + handle->handle_bytes;
        const fsid_t *system = (const void *)&info->fsid;
        int kind = info->hdr.info_type;
        if (kind == FAN_EVENT_INFO_TYPE_FID)
            target = info;
        else if (kind == FAN_EVENT_INFO_TYPE_DFID_NAME || kind == OLD_NAME || kind == NEW_NAME) {
            const char *directory = path_of(system, handle);
            // A directory has the name "." in an event of its own.
            bool is_itself = !strcmp(name, ".");
            snprintf(kind == NEW_NAME ? new : path, sizeof path, "%s%s%s",
                strcmp(directory, "/") || is_itself ? directory : "", is_itself ? "" : "/", is_itself ? "" : name);
        }
        at += info->hdr.len;
    }
    // An event without a name tells of an inode: of its count of links, for example.
    if (!*path)
        return;
    if (target && (event->mask & FAN_CREATE) && (event->mask & FAN_ONDIR))
        learn((const void *)&target->fsid, (const void *)target->handle, path);
    if (event->mask & FAN_RENAME && event->mask & FAN_ONDIR)
        renamed(path, new);
    snprintf(text, sizeof text, "%d", event->pid);
    field(text);
    *text = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (event->mask & words[i].bit)
            strcat(strcat(text, *text ? " " : ""), words[i].word);
    field(text);
    field(path);
    field(new);
}

static void read_events(int fanotify)
{
    static char buffer[1 << 18] __attribute__((aligned(8)));
    for (;;) {
        ssize_t length = read(fanotify, buffer, sizeof buffer);
        if (length < 0 && errno == EAGAIN)
            return;
        CHECK(length > 0);
        const struct fanotify_event_metadata *event = (const void *)buffer;
        for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length))
            tell(event);
    }
}

static int parent_of(int pid)
{
    char name[64];
    int parent = 0;
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *status = fopen(name, "re");
    CHECK(status && fscanf(status, "%*d (%*[^)]) %*c %d", &parent) == 1);
    fclose(status);
    return parent;
}

static bool is_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

// Called for each file that an execve opens. The tracer's are its program and, as a rule, the loader.
static void learn_process(const struct fanotify_event_metadata *event, pid_t first)
{
    struct stat file;
    CHECK(fstat(event->fd, &file) == 0);
    if (event->pid == first) {
        is_tracer[first] = true;
        if (tracer_count < 2)
            tracer[tracer_count++] = file;
    } else if (is_tracer[event->pid])
        is_tracer[event->pid] = is_file(&file, &tracer[0]) || (tracer_count > 1 && is_file(&file, &tracer[1]));
    else
        is_tracer[event->pid] = is_tracer[parent_of(event->pid)] && is_file(&file, &tracer[0]);
}

static void open_gate(int gate, int fanotify, pid_t first)
{
    struct fanotify_event_metadata event;
    while (read(gate, &event, sizeof event) == sizeof event) {
        read_events(fanotify);
        if (event.pid > 1)
            learn_process(&event, first);
        struct fanotify_response answer = { .fd = event.fd, .response = FAN_ALLOW };
        CHECK(write(gate, &answer, sizeof answer) == sizeof answer);
        close(event.fd);
    }
}

// The first process of the namespace.
static int watch(const char *log, char **command)
{
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount("proc", "/proc", "proc", 0, NULL) != 0)
        return UNSUPPORTED;
    int fanotify = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK | FAN_UNLIMITED_QUEUE
        | FAN_REPORT_DIR_FID | FAN_REPORT_NAME | FAN_REPORT_FID | FAN_REPORT_TARGET_FID, O_RDONLY | O_CLOEXEC);
    int gate = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC);
    if (fanotify < 0 || gate < 0) {
        perror("watch: fanotify_init");
        return UNSUPPORTED;
    }
    char here[PATH_MAX];
    CHECK(getcwd(here, sizeof here) && (logged = fopen(log, "we")));
    const char *places[] = { "/", here, "/tmp", "/usr", "/dev/shm", "/var/tmp" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        mark(fanotify, gate, places[i]);
    mark_program(fanotify, gate, command[0]);
    CHECK(nftw(here, walked, 64, FTW_PHYS) == 0);

    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status = 0;
    for (;;) {
        struct pollfd waited[] = { { .fd = fanotify, .events = POLLIN }, { .fd = gate, .events = POLLIN } };
        // The end of the command makes no event, so look for it now and then.
        poll(waited, 2, 20);
        open_gate(gate, fanotify, child);
        read_events(fanotify);
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended == child)
            break;
    }
    read_events(fanotify);
    CHECK(fclose(logged) == 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    CHECK(argc > 2);
    if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
        return UNSUPPORTED;
    pid_t init = fork();
    CHECK(init >= 0);
    if (init == 0)
        _exit(watch(argv[1], argv + 2));
    int status;
    CHECK(waitpid(init, &status, 0) == init);
    return WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
}
