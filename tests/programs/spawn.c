// posix_spawn whose file actions redirect the child's output.
//= 1 create redirected
//= 2 write redirected
//= 1 create after
#include "program.h"
#include <spawn.h>

extern char **environ;

int main(int argc, char **argv)
{
    if (argc > 1) {
        CHECK(write(1, "text\n", 5) == 5);
        return 0;
    }
    pid_t pid;
    char *arguments[] = { argv[0], "child", NULL };
    posix_spawn_file_actions_t actions;
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    CHECK(posix_spawn_file_actions_addopen(&actions, 1, "redirected", O_WRONLY | O_CREAT | O_EXCL, 0666) == 0);
    CHECK(posix_spawn(&pid, argv[0], &actions, NULL, arguments, environ) == 0);
    wait_success(pid);
    create("after");
    return 0;
}
