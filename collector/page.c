#include "collector/page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collector/app.h"
#include "collector/overview.h"
#include "collector/schema.h"
#include "collector/template.h"
#include "collector/web.h"
#include "common/json.h"

#define TAKE_WAIT_MS 5000

/* ---- the language ---- */

/* The weight that one element of the list gives, 0 to 1. */
static double weight(const char *element, size_t len)
{
    const char *q = memmem(element, len, "q=", 2);
    double value = q ? strtod(q + 2, NULL) : 1;
    return value >= 0 && value <= 1 ? value : 0;
}

enum lang page_language(const char *accept)
{
    double best[2] = {[LANG_FR] = -1, [LANG_EN] = -1}, any = 0;
    while (accept && *accept) {
        accept += strspn(accept, ", \t");
        size_t len = strcspn(accept, ","), tag = strcspn(accept, ",;-_ \t");
        double w = weight(accept, len);
        if (tag == 2 && !strncasecmp(accept, "fr", 2))
            best[LANG_FR] = w > best[LANG_FR] ? w : best[LANG_FR];
        else if (tag == 2 && !strncasecmp(accept, "en", 2))
            best[LANG_EN] = w > best[LANG_EN] ? w : best[LANG_EN];
        else if (tag == 1 && *accept == '*')
            any = w;
        accept += len;
    }
    for (int l = 0; l < 2; l++)
        if (best[l] < 0)
            best[l] = any;
    return best[LANG_EN] > best[LANG_FR] ? LANG_EN : LANG_FR;
}

/* ---- the pages ---- */

static void set_headers(struct http_request *request)
{
    static const char *const headers[][2] = {
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", "public, max-age=60"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    };
    http_reply_header(request, "Content-Security-Policy", web_policy());
    for (size_t i = 0; i < COUNT(headers); i++)
        http_reply_header(request, headers[i][0], headers[i][1]);
}

static int get_page(struct http_request *request, struct http_reply *reply, enum lang lang)
{
    struct app *app = http_app(request);
    struct fault f = {0};
    struct pg *pg = NULL;
    _cleanup_json_ json_t *page = NULL;
    int rc = pg_pool_take(app->reader, TAKE_WAIT_MS, &pg, &f);
    if (rc == 0)
        rc = overview_read(pg, app->context->settings.country, lang, &page, &f);
    if (pg)
        pg_pool_give(app->reader, pg);
    if (rc == 0) {
        json_object_set_new(page, "style", json_string(web_style()));
        rc = template_render(web_template(), page, &reply->body, &f);
    }
    if (rc < 0)
        return app_failed(request, reply, rc, &f);
    reply->content_type = "text/html; charset=utf-8";
    set_headers(request);
    http_reply_header(request, "Content-Language", lang == LANG_FR ? "fr" : "en");
    return 0;
}

static int get_french(struct http_request *request, struct http_reply *reply)
{
    return get_page(request, reply, LANG_FR);
}

static int get_english(struct http_request *request, struct http_reply *reply)
{
    return get_page(request, reply, LANG_EN);
}

static int redirect(struct http_request *request, struct http_reply *reply, const char *to)
{
    reply->status = 302;
    reply->content_type = "text/plain; charset=utf-8";
    http_reply_header(request, "Location", to);
    buf_addf(&reply->body, "%s\n", to);
    return 0;
}

static int get_root(struct http_request *request, struct http_reply *reply)
{
    enum lang lang = page_language(http_header(request, "Accept-Language"));
    http_reply_header(request, "Vary", "Accept-Language");
    return redirect(request, reply, lang == LANG_FR ? "/fr/" : "/en/");
}

static int get_french_root(struct http_request *request, struct http_reply *reply)
{
    return redirect(request, reply, "/fr/");
}

static int get_english_root(struct http_request *request, struct http_reply *reply)
{
    return redirect(request, reply, "/en/");
}

static int get_openapi(struct http_request *request, struct http_reply *reply)
{
    const struct embedded *file = schema_file("openapi.yaml");
    reply->content_type = "application/yaml";
    buf_add(&reply->body, file->text, file->len);
    return 0;
}

const struct http_route page_routes[] = {
    {.method = "GET", .path = "/", .handler = get_root},
    {.method = "GET", .path = "/en", .handler = get_english_root},
    {.method = "GET", .path = "/en/", .handler = get_english},
    {.method = "GET", .path = "/fr", .handler = get_french_root},
    {.method = "GET", .path = "/fr/", .handler = get_french},
    {.method = "GET", .path = "/openapi.yaml", .handler = get_openapi},
    {0},
};
