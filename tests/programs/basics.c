// cat [FILE], tee FILE, cp FROM TO or false, by the name that it is started by. Also for another C library.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int opened(const char *path, int flags)
{
    int fd = open(path, flags, 0666);
    if (fd < 0)
    {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    return fd;
}

static void copy(int from, int to, int also)
{
    char buffer[4096];
    ssize_t length;
    while ((length = read(from, buffer, sizeof buffer)) > 0)
        if (write(to, buffer, length) != length || (also >= 0 && write(also, buffer, length) != length))
            exit(1);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    const int makes = O_WRONLY | O_CREAT | O_TRUNC;
    if (strcmp(name, "cat") == 0)
        copy(argc > 1 ? opened(argv[1], O_RDONLY) : 0, 1, -1);
    else if (strcmp(name, "tee") == 0 && argc == 2)
        copy(0, opened(argv[1], makes), 1);
    else if (strcmp(name, "cp") == 0 && argc == 3)
        copy(opened(argv[1], O_RDONLY), opened(argv[2], makes), -1);
    else
        return 1;
    return 0;
}
