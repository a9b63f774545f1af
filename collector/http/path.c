#include "collector/http/path.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/alloc.h"
#include "common/scan.h"

static bool member_valid(const char *text, size_t len)
{
    return len > 0 && len <= PATH_MEMBER_MAX && scan_utf8(text, len) == len && scan_control(text, len) == len;
}

/* Goes over both up to the next member of the pattern: true at its "{", with the
 * path at its value; false at the end of what they have in common. */
static bool next_member(const char **pattern, const char **path)
{
    while (**pattern && !strchr("{*", **pattern) && **pattern == **path) {
        (*pattern)++;
        (*path)++;
    }
    return **pattern == '{';
}

/* Behind the member on both sides. */
static void skip_member(const char **pattern, const char **path)
{
    *pattern += strcspn(*pattern, "}") + 1;
    *path += strcspn(*path, "/");
}

bool path_matches(const char *pattern, const char *path)
{
    while (next_member(&pattern, &path)) {
        if (!member_valid(path, strcspn(path, "/")))
            return false;
        skip_member(&pattern, &path);
    }
    return !strcmp(pattern, "*") || (!*pattern && !*path);
}

/* How much a pattern says at this place. */
static int closeness(char c)
{
    return c == '*' ? 0 : c == '{' ? 1 : 2;
}

bool path_closer(const char *a, const char *b)
{
    while (*a && *a == *b) {
        /* Names of members say nothing. */
        size_t n = *a == '{' ? strcspn(a, "}") : 1, m = *b == '{' ? strcspn(b, "}") : 1;
        a += n;
        b += m;
    }
    return closeness(*a) > closeness(*b);
}

const char *path_member(const char *pattern, const char *path, const char *name, char ret_text[static PATH_MEMBER_SIZE])
{
    size_t len = strlen(name);
    while (next_member(&pattern, &path)) {
        if (!strncmp(pattern + 1, name, len) && pattern[1 + len] == '}') {
            snprintf(ret_text, PATH_MEMBER_SIZE, "%.*s", (int)strcspn(path, "/"), path);
            return ret_text;
        }
        skip_member(&pattern, &path);
    }
    return NULL;
}

void path_encode(const char *text, struct buf *out)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_add_char(out, *text);
        else
            buf_addf(out, "%%%02X", (unsigned char)*text);
}

void path_write(const char *to, const char *pattern, const char *path, struct buf *out)
{
    while (*to) {
        size_t len = strcspn(to, "{");
        buf_add(out, to, len);
        to += len;
        if (!*to)
            return;
        len = strcspn(to, "}");
        _cleanup_text_ char *name = alloc_text_n(to + 1, len - 1);
        char text[PATH_MEMBER_SIZE];
        if (path_member(pattern, path, name, text))
            path_encode(text, out);
        to += len + (to[len] == '}');
    }
}
