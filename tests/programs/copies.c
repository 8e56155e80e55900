// Bytes that move without read and write: the opens tell.
//< input
//< only-named
//= 1 read input
//= 1 create ranged
//= 1 create sent
//= 1 create spliced
//= 1 create mapped
//= 1 create grown
#include "program.h"
#include <sys/sendfile.h>

int main(void)
{
    int in = open("input", O_RDONLY), ranged = open("ranged", O_WRONLY | O_CREAT, 0666), sent = creat("sent", 0666);
    CHECK(in >= 0 && ranged >= 0 && sent >= 0);
    CHECK(open("only-named", O_PATH) >= 0);
    loff_t start = 0;
    CHECK(copy_file_range(in, &start, ranged, NULL, 6, 0) == 6 || errno == EXDEV || errno == ENOSYS);
    start = 0;
    CHECK(sendfile64(sent, in, &start, 6) == 6);
    int ends[2], spliced = open("spliced", O_WRONLY | O_CREAT, 0666);
    CHECK(pipe(ends) == 0);
    start = 0;
    CHECK(splice(in, &start, ends[1], NULL, 6, 0) == 6);
    CHECK(splice(ends[0], NULL, spliced, NULL, 6, 0) == 6);
    int mapped = open("mapped", O_RDWR | O_CREAT, 0666);
    CHECK(ftruncate(mapped, 4096) == 0);
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, mapped, 0);
    CHECK(memory != MAP_FAILED);
    memory[0] = 'x';
    int grown = open("grown", O_RDWR | O_CREAT, 0666);
    CHECK(fallocate(grown, 0, 0, 4096) == 0 || errno == EOPNOTSUPP);
    return 0;
}
