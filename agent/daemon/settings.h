/* The agent's configuration file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/schedule/schedule.h"
#include "build_config.h"
#include "common/conf.h"
#include "common/fault.h"

#define SETTINGS_FILE CONF_DIR "/agent.conf"

enum settings_schedule { SCHEDULE_REMOTE, SCHEDULE_OFF };

struct settings {
    bool present;    /* there was a file */
    char *collector; /* replaces the address kept at enrolment; NULL: none given */
    int language;    /* index into auto, fr, en */
    int log_level;   /* enum log_level */
    bool allow_private_targets;
    int schedule; /* enum settings_schedule */
    char *forbid; /* names of tasks and checks, between spaces or commas */
    int64_t seal_interval_us, journal_sync_us, schedule_interval_us, retry_max_us;
    int64_t spool_max;     /* bytes */
    struct schedule tasks; /* the sections [task NAME] */
    struct task *open;     /* the section being read */
};

/* Reads the file over the defaults. path NULL is SETTINGS_FILE, which may be
 * absent; a named file may not. f names file, line, key and what is allowed. */
int settings_read(const char *path, struct settings *ret, struct fault *f) CHECKED;
void settings_free(struct settings *s);

/* Adds the names of the keys that differ and count from the next start only. */
void settings_changed(const struct settings *before, const struct settings *after, struct buf *out);

const char *settings_language(const struct settings *s); /* "auto", "fr", "en" */

void settings_print_help(FILE *out);
void settings_print_sample(FILE *out);
