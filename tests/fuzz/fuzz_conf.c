/* A configuration file of any bytes: read, or refused with file and line. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/conf.h"

struct settings {
    char *listen;
    int64_t count, interval_us, cap_bytes;
    bool private;
    int level;
};

static const char *const levels[] = {"error", "warn", "info", NULL};

static const struct conf_key keys[] = {
    {.name = "listen", .type = CONF_TEXT, .offset = offsetof(struct settings, listen), .help = ""},
    {.name = "count", .type = CONF_INT, .offset = offsetof(struct settings, count), .min = 1, .max = 9, .help = ""},
    {.name = "interval",
     .type = CONF_DURATION,
     .offset = offsetof(struct settings, interval_us),
     .max = 1 << 30,
     .help = ""},
    {.name = "private", .type = CONF_BOOL, .offset = offsetof(struct settings, private), .help = ""},
    {.section = "spool",
     .name = "cap",
     .type = CONF_BYTES,
     .offset = offsetof(struct settings, cap_bytes),
     .max = 1 << 30,
     .help = ""},
    {.section = "spool",
     .name = "level",
     .type = CONF_CHOICE,
     .offset = offsetof(struct settings, level),
     .choices = levels,
     .help = ""},
};

static int on_task(void *target, const char *section, const char *name, const char *value, struct fault *f)
{
    return strcmp(name, "check") == 0 ? 0 : fault_set(f, -22, "unknown key");
}

static const struct conf_table table = {keys, sizeof keys / sizeof *keys, "task ", on_task};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static int fd = -1;
    static char path[32];
    if (fd < 0) {
        fd = memfd_create("conf", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
        abort();
    struct settings s = {0};
    struct fault f = {0};
    if (conf_read(&table, path, &s, &f) < 0 && !strstr(f.text, path))
        abort();
    if (s.count > 9 || s.level > 2)
        abort();
    conf_free(&table, &s);
    return 0;
}
