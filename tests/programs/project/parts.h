#pragma once
extern const char *const words[];
unsigned hash(const char *text);
int longest(void);
