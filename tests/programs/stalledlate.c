// A file system stops answering while calls are under way. What then ends inside of a call, becomes a program from
// there, binds a socket there, or changes a file there through a descriptor keeps nobody else waiting.
// StalledMountTests mounts it at mnt, and gives the process id of its daemon: it is not run by itself.
#include "program.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/un.h>

#define OPENS 1000

static int ready[2];
static int kept;

static pid_t begin(void (*act)(void))
{
    char byte;
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(write(ready[1], "x", 1) == 1);
        act();
        _exit(0);
    }
    CHECK(read(ready[0], &byte, 1) == 1);
    return pid;
}

static void read_of(pid_t pid, const char *what, char text[512])
{
    char name[32];
    snprintf(name, sizeof name, "/proc/%d/%s", (int)pid, what);
    int fd = open(name, O_RDONLY);
    CHECK(fd >= 0);
    ssize_t length = read(fd, text, 511);
    CHECK(length >= 0);
    text[length] = 0;
    close(fd);
}

// Waits until a process is in one of these states, the third word of /proc/PID/stat.
static char await(pid_t pid, const char *states)
{
    char text[512], state;
    do {
        usleep(1000);
        read_of(pid, "stat", text);
        state = strrchr(text, ')')[2];
    } while (strchr(states, state) == NULL);
    return state;
}

static void stop(pid_t daemon)
{
    CHECK(kill(daemon, SIGSTOP) == 0);
    await(daemon, "T");
}

// Ends a process inside of a call. The daemon answers what is asked at the entry of the call, and must stop before it
// takes the request of the call itself, or else nothing ends that one. So this tries until it has come about.
static int end_inside(pid_t daemon, void (*act)(void))
{
    char text[512], state;
    for (int i = 0; i < 2000; i++) {
        pid_t pid = begin(act);
        int step = 0;
        do {
            CHECK(kill(daemon, SIGCONT) == 0);
            usleep(10 * (step++ % 50));
            stop(daemon);
            state = await(pid, "StDZ");
            read_of(pid, "wchan", text);
        } while (state == 't' || (state == 'S' && strcmp(text, "request_wait_answer") != 0));
        kill(pid, SIGKILL);
        state = state == 'Z' ? 'Z' : await(pid, "DZ");
        int ended = state == 'Z';
        if (!ended)
            CHECK(kill(daemon, SIGCONT) == 0);
        int status;
        CHECK(waitpid(pid, &status, 0) == pid);
        stop(daemon);
        if (ended && WIFSIGNALED(status))
            return 1;
    }
    return 0;
}

static int runs(pid_t pid, const char *program)
{
    char name[32], target[PATH_MAX];
    snprintf(name, sizeof name, "/proc/%d/exe", (int)pid);
    ssize_t length = readlink(name, target, sizeof target - 1);
    CHECK(length > 0);
    target[length] = 0;
    return strstr(target, program) != NULL;
}

static void make_directory(void)
{
    mkdir("mnt/made", 0755);
}

static void become_script(void)
{
    execl("mnt/script", "script", NULL);
    CHECK(!"execl");
}

static void bind_socket(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "mnt/socket" };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
}

static void change_attributes(void)
{
    int flags = 0;
    ioctl(kept, FS_IOC_SETFLAGS, &flags);
    CHECK(fchmod(kept, 0600) == 0);
}

static void hide_and_open(void)
{
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
    int fd = open("mnt/hidden", O_WRONLY);
    CHECK(fd >= 0);
}

// Comes to no end if the ptrace thread waits for the file system.
static void go_on(char letter)
{
    char name[32];
    for (int i = 0; i < OPENS / 2; i++) {
        snprintf(name, sizeof name, "%c%d", letter, i);
        int made = open(name, O_WRONLY | O_CREAT, 0644);
        int read = open(name, O_RDONLY);
        CHECK(made >= 0 && read >= 0);
        close(made);
        close(read);
    }
}

int main(int count, char **arguments)
{
    if (strcmp(arguments[0], "./interpreter") == 0)
        return 0;

    CHECK(count == 2);
    pid_t daemon = atoi(arguments[1]);
    int status;
    CHECK(pipe(ready) == 0);
    CHECK(end_inside(daemon, make_directory));
    go_on('e');
    CHECK(kill(daemon, SIGCONT) == 0);
    kept = open("mnt/file", O_RDWR);
    CHECK(kept >= 0);

    // A lease keeps the kernel waiting where it opens the interpreter: the script is open by then.
    sigset_t lease;
    sigemptyset(&lease);
    sigaddset(&lease, SIGIO);
    CHECK(sigprocmask(SIG_BLOCK, &lease, NULL) == 0);
    int interpreter = open("interpreter", O_RDONLY);
    CHECK(interpreter >= 0);
    if (fcntl(interpreter, F_SETLEASE, F_WRLCK) != 0)
        return UNSUPPORTED;
    pid_t script = begin(become_script);
    CHECK(sigwaitinfo(&lease, NULL) == SIGIO);
    stop(daemon);
    CHECK(fcntl(interpreter, F_SETLEASE, F_UNLCK) == 0);
    while (!runs(script, "interpreter"))
        usleep(1000);
    await(script, "t");

    pid_t binder = begin(bind_socket);
    pid_t changer = begin(change_attributes);
    pid_t hider = begin(hide_and_open);
    go_on('f');
    CHECK(waitpid(-1, &status, WNOHANG) == 0);
    create("went-on");
    wait_success(script);
    wait_success(binder);
    wait_success(changer);
    wait_success(hider);
    return 0;
}
