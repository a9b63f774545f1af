#include "collector/http/accept.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "common/qvalue.h"

#define WEIGHT_ABSENT (-1) /* no element is about the type */

/* What is between a and b, blanks at both ends left out. */
struct span {
    const char *at;
    size_t len;
};

static struct span trimmed(const char *at, size_t len)
{
    while (len > 0 && strchr(" \t", *at)) {
        at++;
        len--;
    }
    while (len > 0 && strchr(" \t", at[len - 1]))
        len--;
    return (struct span){at, len};
}

/* Of one element, "text/csv; header=present; q=0.5". A weight that is none refuses nothing. */
static int weight_of(struct span element)
{
    const char *end = element.at + element.len;
    for (const char *at = element.at; (at = memchr(at, ';', (size_t)(end - at))) != NULL;) {
        at++;
        const char *next = memchr(at, ';', (size_t)(end - at));
        struct span s = trimmed(at, (size_t)((next ? next : end) - at));
        if (s.len > 2 && !strncasecmp(s.at, "q=", 2)) {
            int weight = qvalue_read(s.at + 2, s.len - 2);
            return weight < 0 ? QVALUE_MAX : weight;
        }
    }
    return QVALUE_MAX;
}

/* How closely the element's range is about the type: 3 the type, 2 all of its kind, 1 all, 0 not. */
static int closeness(struct span element, const char *type)
{
    const char *semicolon = memchr(element.at, ';', element.len);
    struct span range = trimmed(element.at, semicolon ? (size_t)(semicolon - element.at) : element.len);
    size_t kind = strcspn(type, "/") + 1;
    if (range.len == strlen(type) && !strncasecmp(range.at, type, range.len))
        return 3;
    if (range.len == kind + 1 && !strncasecmp(range.at, type, kind) && range.at[kind] == '*')
        return 2;
    return range.len == 3 && !strncmp(range.at, "*/*", 3);
}

/* The weight of a type, by the element that is closest to it, and which that was. */
static int wanted(const char *header, const char *type, size_t *ret_element)
{
    int weight = WEIGHT_ABSENT, closest = 0;
    size_t n = 0;
    for (const char *at = header; *at; n++) {
        size_t len = strcspn(at, ",");
        struct span element = trimmed(at, len);
        int close = closeness(element, type);
        if (close > closest) {
            closest = close;
            weight = weight_of(element);
            *ret_element = close == 3 ? n : SIZE_MAX;
        }
        at += len + (at[len] == ',');
    }
    return weight;
}

int accept_choose(const char *header, const char *const *types, size_t count)
{
    int best = 0, chosen = -ENOENT;
    size_t best_element = SIZE_MAX;
    for (size_t t = 0; header && t < count; t++) {
        size_t element = SIZE_MAX;
        int weight = wanted(header, types[t], &element);
        if (weight > best || (weight == best && best > 0 && element < best_element)) {
            best = weight;
            best_element = element;
            chosen = (int)t;
        }
    }
    for (size_t t = 0; chosen < 0 && t < count; t++) {
        size_t element;
        if (!header || wanted(header, types[t], &element) == WEIGHT_ABSENT)
            chosen = (int)t;
    }
    return chosen;
}
