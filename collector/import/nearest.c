#include "collector/import/nearest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"

#define LETTERS_MAX 64 /* octets of each that are looked at */

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool part_of(const char *word, const char *name)
{
    size_t len = strlen(word);
    for (; strlen(name) >= len; name++)
        if (!strncasecmp(name, word, len))
            return true;
    return false;
}

/* Letters put in, left out or changed (Levenshtein 1965), row by row. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[LETTERS_MAX + 1];
    size_t width = strnlen(b, LETTERS_MAX), height = strnlen(a, LETTERS_MAX);
    for (size_t j = 0; j <= width; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; i < height; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < width; j++) {
            unsigned changed = corner + (small(a[i]) != small(b[j]));
            unsigned other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            corner = row[j + 1];
            row[j + 1] = changed < other ? changed : other;
        }
    }
    return row[width];
}

/* A name may be cut off after any of its words: "mtm" is next to "MTN Bénin (Spacetel)". */
static unsigned distance_to_words(const char *word, const char *name)
{
    unsigned least = distance(word, name);
    for (const char *blank = strchr(name, ' '); blank; blank = strchr(blank + 1, ' ')) {
        _cleanup_text_ char *words = alloc_text_n(name, (size_t)(blank - name));
        const unsigned far = distance(word, words);
        least = far < least ? far : least;
    }
    return least;
}

void nearest_offer(struct nearest *n, const char *name)
{
    unsigned far = part_of(n->word, name) || part_of(name, n->word) ? 0 : distance_to_words(n->word, name);
    size_t at = n->count;
    while (at > 0 && n->far[at - 1] > far)
        at--;
    if (at == NEAREST_MAX)
        return;
    n->count += n->count < NEAREST_MAX;
    for (size_t i = n->count - 1; i > at; i--) {
        n->names[i] = n->names[i - 1];
        n->far[i] = n->far[i - 1];
    }
    n->names[at] = name;
    n->far[at] = far;
}

char *nearest_text(const struct nearest *n)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    for (size_t i = 0; i < n->count; i++)
        buf_addf(&out, "%s%s", i ? ", " : "", n->names[i]);
    return buf_take(&out);
}
