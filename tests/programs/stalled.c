// One process opens a file of a file system that does not answer, another renames one there, and a third goes on.
// StalledMountTests mounts it at mnt and has its daemon stand still: it is not run by itself.
#include "program.h"

#define OPENS 1000

static pid_t begin(int ready, void (*act)(void))
{
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(write(ready, "x", 1) == 1);
        act();
        _exit(0);
    }
    return pid;
}

static void open_one(void)
{
    int fd = open("mnt/file", O_RDONLY);
    CHECK(fd >= 0);
}

static void rename_one(void)
{
    CHECK(rename("mnt/old", "mnt/new") == 0);
}

int main(void)
{
    int ready[2], status;
    char bytes[2], name[32];
    CHECK(pipe(ready) == 0);
    pid_t opener = begin(ready[1], open_one);
    pid_t renamer = begin(ready[1], rename_one);
    CHECK(read(ready[0], bytes, 1) == 1 && read(ready[0], bytes + 1, 1) == 1);
    for (int i = 0; i < OPENS / 2; i++) {
        snprintf(name, sizeof name, "f%d", i);
        int made = open(name, O_WRONLY | O_CREAT, 0644);
        int read = open(name, O_RDONLY);
        CHECK(made >= 0 && read >= 0);
        close(made);
        close(read);
    }
    // Neither has come back, so both wait.
    CHECK(waitpid(opener, &status, WNOHANG) == 0 && waitpid(renamer, &status, WNOHANG) == 0);
    create("went-on");
    CHECK(waitpid(opener, &status, 0) == opener && status == 0);
    CHECK(waitpid(renamer, &status, 0) == renamer && status == 0);
    return 0;
}
