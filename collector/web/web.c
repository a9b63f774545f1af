#include "collector/web/web.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/log.h"
#include "common/sign.h"
#include "schema/embedded.h"

extern const struct embedded web_files[]; /* generated */

static const char *style_text;
static char *policy;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A file of ours that is absent or broken is a program error. */
static const struct embedded *file(const char *path)
{
    const struct embedded *e = web_files;
    while (e->path && strcmp(e->path, path) != 0)
        e++;
    if (e->path)
        return e;
    log_error("%s is not built in", path);
    abort();
}

static void start(void)
{
    uint8_t hash[HASH_SIZE];
    char text[64];
    style_text = file("style.css")->text;
    hash_make("", style_text, strlen(style_text), hash);
    base64_write(hash, sizeof hash, text);
    policy = alloc_format(
        "default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        text);
}

const char *web_frame(void)
{
    return file("frame.html")->text;
}

const char *web_template(const char *page)
{
    _cleanup_text_ char *path = alloc_format("page/%s.html", page);
    return file(path)->text;
}

json_t *web_values(const struct language *l, const struct words *w)
{
    return json_pack("{s:s, s:O, s:b, s:s}", "lang", l->code, "t", w->texts, "partial", w->lacking > 0, "style",
                     web_style());
}

const char *web_style(void)
{
    pthread_once(&once, start);
    return style_text;
}

const char *web_policy(void)
{
    pthread_once(&once, start);
    return policy;
}
