// A job of a shell that says what happens to it: "going", "continued" after each SIGCONT, "size ROWS COLUMNS" after
// each SIGWINCH, and "got LINE" for each line that it reads. At the line "end" it exits with status 3. At the line
// "raw" it makes the terminal raw and kills itself.
#include "program.h"
#include <sys/ioctl.h>
#include <termios.h>

static void say(const char *text)
{
    CHECK(write(1, text, strlen(text)) == (ssize_t)strlen(text));
}

static void happened(int number)
{
    int error = errno;
    char text[64] = "continued\n";
    if (number == SIGWINCH) {
        struct winsize size;
        CHECK(ioctl(0, TIOCGWINSZ, &size) == 0);
        snprintf(text, sizeof text, "size %d %d\n", size.ws_row, size.ws_col);
    }
    say(text);
    errno = error;
}

int main(void)
{
    struct sigaction action = { .sa_handler = happened, .sa_flags = SA_RESTART };
    CHECK(sigaction(SIGCONT, &action, NULL) == 0 && sigaction(SIGWINCH, &action, NULL) == 0);
    say("going\n");
    char line[256];
    for (;;) {
        ssize_t length = read(0, line, sizeof line - 1);
        CHECK(length > 0);
        line[length] = 0;
        if (strcmp(line, "end\n") == 0)
            return 3;
        if (strcmp(line, "raw\n") == 0) {
            struct termios settings;
            CHECK(tcgetattr(0, &settings) == 0);
            cfmakeraw(&settings);
            CHECK(tcsetattr(0, TCSANOW, &settings) == 0);
            kill(getpid(), SIGKILL);
        }
        // In one piece: a shell may write in between.
        char answer[sizeof line + 4];
        snprintf(answer, sizeof answer, "got %s", line);
        say(answer);
    }
}
