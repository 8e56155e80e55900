// execve without an environment, without arguments, without either, and with an entry that has no '='.
//= 2 create second
//= 3 create third
//= 4 create fourth
#include "program.h"

extern char **environ;

int main(int argc, char **argv)
{
    char *program = realpath("/proc/self/exe", NULL);
    CHECK(program != NULL);
    if (argc == 1 && argv[0][0] == '/') {
        char *arguments[] = { "enull", "second", NULL };
        syscall(SYS_execve, program, arguments, NULL);
    } else if (argc == 2) {
        CHECK(environ[0] == NULL);
        create("second");
        char *arguments[] = { NULL };
        char *environment[] = { "NOEQUALS", NULL };
        syscall(SYS_execve, program, arguments, environment);
    } else if (environ[0] != NULL && strcmp(environ[0], "NOEQUALS") == 0) {
        create("third");
        char *environment[] = { "FOURTH=1", NULL };
        syscall(SYS_execve, program, NULL, environment);
    } else {
        CHECK(environ[0] != NULL && strcmp(environ[0], "FOURTH=1") == 0);
        create("fourth");
        CHECK(syscall(SYS_execve, NULL, NULL, NULL) < 0 && errno == EFAULT);
        return 0;
    }
    CHECK(!"execve");
}
