/* Configuration: one table of keys that parses, validates, prints --help and
 * writes the sample file. Files are INI (inih); a line that does not fit is
 * refused with file, line, key and what is allowed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

enum conf_type {
    CONF_INT,      /* int64_t, min..max */
    CONF_BOOL,     /* bool: yes no true false on off 1 0 */
    CONF_DURATION, /* int64_t microseconds: 10s 5m 2h 1d 500ms, min..max */
    CONF_BYTES,    /* int64_t bytes: 20M 1G 64K, min..max */
    CONF_CHOICE,   /* int, index into choices */
    /* From here on char *, owned by the target (conf_free); an empty value is
     * NULL, and is allowed where the key has no default. */
    CONF_TEXT,      /* any: give the key a check, or say why none is possible */
    CONF_URL,       /* http:// or https:// */
    CONF_LISTEN,    /* ADDRESS:PORT, or one of choices */
    CONF_ADDRESSES, /* IPv4 and IPv6, between spaces or commas */
    CONF_PATH,      /* from the root: programs start anywhere */
    CONF_DOMAIN,    /* a name in the DNS */
    CONF_WORD,      /* one of words */
    CONF_WORDS,     /* some of words, between spaces or commas; may be empty */
};

/* Adds the words that a key may have, each with conf_add_word. */
typedef void (*conf_words)(struct buf *out);
void conf_add_word(struct buf *out, const char *word);

/* What no type says of a key, such as what it means beside others: asked when
 * all keys are read. 0, or -EINVAL with what is wrong and the cure in f. */
typedef int (*conf_check)(const void *target, struct fault *f);

struct conf_key {
    const char *section; /* NULL: before the first section */
    const char *name;
    enum conf_type type;
    size_t offset;      /* of the member in the target structure */
    const char *preset; /* the default as text, NULL for an empty CONF_TEXT */
    int64_t min, max;
    const char *const *choices; /* NULL-terminated */
    const char *help;           /* one sentence, through gettext (N_) */
    bool reloadable;
    conf_words words; /* of CONF_WORD and CONF_WORDS */
    conf_check check; /* NULL: the type says it all */
};

/* Sections outside the table, such as [task NAME]. Called once a line; fills f
 * with what is wrong and what is allowed, without file and line. */
typedef int (*conf_section_fn)(void *target, const char *section, const char *name, const char *value, struct fault *f);

struct conf_table {
    const struct conf_key *keys;
    size_t count;
    const char *section_prefix; /* "task ", or NULL when there are none; "": every section */
    conf_section_fn section;
    /* Are they prose? A text that is longer than a line goes on in another line of the same key, which section is given
     * next; ";" is a part of it; and a section stands once. */
    bool prose;
    void (*line)(void *target, int line); /* of the file, before section gets what stands there; NULL: nobody asks */
};

void conf_preset(const struct conf_table *table, void *target);

/* Reads a file over what target holds; a key may stand in it once. On failure
 * target may be half set: the caller reads into a fresh one. -ENOENT when the
 * file is absent. */
int conf_read(const struct conf_table *table, const char *path, void *target, struct fault *f) CHECKED;

/* One "key=value" as on a command line; section may be NULL. */
int conf_set(const struct conf_table *table, void *target, const char *section, const char *name, const char *value,
             struct fault *f) CHECKED;

/* Adds the names of the keys that are not reloadable and differ. */
void conf_changed(const struct conf_table *table, const void *before, const void *after, struct buf *out);

void conf_free(const struct conf_table *table, void *target); /* frees CONF_TEXT members */
void conf_print_help(const struct conf_table *table, FILE *out);
void conf_print_sample(const struct conf_table *table, FILE *out); /* each key commented out with its default */

/* The value parsers, for parameters elsewhere. */
int conf_parse_duration(const char *text, int64_t *ret_us) CHECKED;
int conf_parse_bytes(const char *text, int64_t *ret) CHECKED;
int conf_parse_bool(const char *text, bool *ret) CHECKED;
int conf_parse_int(const char *text, int64_t *ret) CHECKED;
