/* What separates words. */
#define SEPARATORS " \t\n"

int count_of(const char *text, const char *separators);
