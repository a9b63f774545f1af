/* The collector's configuration file and its defaults. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/conf.h"
#include "common/fault.h"

/* What publication_floor says; in the order of its words. */
enum settings_floor {
    SETTINGS_FLOOR_NO,
    SETTINGS_FLOOR_YES,
    SETTINGS_FLOOR_SIMULATED, /* but for simulated rows, behind which stands nobody */
};

struct settings {
    /* Texts are NULL or "" when nothing is set. */
    char *listen;
    char *database; /* nothing: the embedded cluster, else postgresql://… */
    char *user;     /* nothing: one is chosen; matters only when started as root */
    int log_level;  /* enum log_level */
    int64_t writers;
    int64_t queue;
    int64_t connections;
    int64_t readers;
    int64_t answers;
    int64_t answer_timeout, analyst_timeout; /* microseconds */
    bool upkeep;
    char *proxies; /* addresses, separated by spaces or commas */
    bool unsafe_database;
    int publication_floor;             /* enum settings_floor */
    char *archive;                     /* folder, "" is STATE/archive */
    int64_t keep_results, keep_bodies; /* microseconds, 0: for ever */
    char *country;
    char *schedule; /* file, nothing: the standard schedule */
    char *packs;    /* names of schema/schedule/packs/, added to it */
    char *target;   /* URL of the measurement target, nothing: none */
};

extern const struct conf_table settings_table;

/* Fills *ret from the file at path. An absent file is a failure only when
 * `wanted`: the user named it. The caller frees (settings_free) in any case. */
int settings_read(const char *path, bool wanted, struct settings *ret, struct fault *f) CHECKED;
void settings_free(struct settings *s);

/* The folder of the archive; the caller frees. */
char *settings_archive(const struct settings *s, const char *state_dir) CHECKED;
