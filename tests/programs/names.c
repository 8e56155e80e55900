// Files with odd names, made by the first program and read by a second one, which has them as its arguments.
#include "program.h"

int main(int argc, char **argv)
{
    char longest[256] = {0};
    memset(longest, 'n', 255);
    char *names[] = {
        argv[0], "line\nline", "it's", "\"quoted\"", "back\\slash", "tab\tbell\a", "-dash", " space ",
        "\377\376", "cut\303", "\xed\xa0\x80", "\xe2\x82\xac", "\x7f", "{}", "$HOME", longest, NULL,
    };
    for (int i = 1; i < argc; i++)
        read_all(argv[i]);
    if (argc > 1)
        return 0;
    for (int i = 1; names[i] != NULL; i++)
        create(names[i]);
    execv(argv[0], names);
    CHECK(!"execv");
}
