// mounting DIRECTORY: mounts FUSE there while other threads open a file below it, which waits for the server. The
// server is this program, and it goes away at once.
#include "program.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mount.h>

enum { THREADS = 8 };

static const char *file;
static atomic_bool over;

static void *look(void *unused)
{
    while (!over)
        if (open(file, O_RDONLY) >= 0)
            exit(FAILED);
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    char path[PATH_MAX], options[128];
    CHECK(argc == 2 && snprintf(path, sizeof path, "%s/file", argv[1]) < (int)sizeof path);
    file = path;
    int server = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (server < 0)
        return UNSUPPORTED;
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", server);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, look, NULL) == 0);
    if (mount("none", argv[1], "fuse", MS_NOSUID | MS_NODEV, options) != 0)
        return UNSUPPORTED;
    over = true;
    CHECK(close(server) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(umount2(argv[1], MNT_DETACH) == 0);
    return 0;
}
