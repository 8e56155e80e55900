#!/bin/sh
# Makes constants of lines NAME=VALUE.
echo 'internal static class Settings'
echo '{'
sed -n 's/^\([A-Za-z]*\)=\(.*\)$/    public const string \1 = "\2";/p' "$1"
echo '}'
