# Turns a list of words into a C array.
set -e
echo '#define WORDS \'
while read -r word; do
    printf '    "%s", \\\n' "$word"
done < "$1" | sort
echo '    0'
