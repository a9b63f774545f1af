/* The public pages, in French at /fr/ and in English at /en/. */
#include "collector/web/page.h"

#include "collector/web/overview.h"
#include "collector/db/schema.h"
#include "collector/format/template.h"
#include "collector/web/web.h"
#include "common/json.h"
#include "common/lang.h"

#define TAKE_WAIT_MS 5000

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

static int get_page(struct http_request *request, struct http_reply *reply)
{
    const enum lang lang = *(const enum lang *)http_route_data(request);
    const struct pages *pages = http_context(request);
    struct fault f = {0};
    struct pg *pg = NULL;
    _cleanup_json_ json_t *page = NULL;
    int rc = pg_pool_take(pages->reader, TAKE_WAIT_MS, &pg, &f);
    if (rc == 0)
        rc = overview_read(pg, pages->country, lang, &page, &f);
    if (pg)
        pg_pool_give(pages->reader, pg);
    if (rc == 0) {
        json_object_set_new(page, "style", json_string(web_style()));
        rc = template_render(web_template(), page, &reply->body, &f);
    }
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    reply->content_type = "text/html; charset=utf-8";
    set_headers(request);
    http_reply_header(request, "Content-Language", lang_code(lang));
    return 0;
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
    enum lang lang = lang_accepted(http_header(request, "Accept-Language"));
    http_reply_header(request, "Vary", "Accept-Language");
    return redirect(request, reply, lang == LANG_FR ? "/fr/" : "/en/");
}

static int get_language_root(struct http_request *request, struct http_reply *reply)
{
    return redirect(request, reply, http_route_data(request));
}

static int get_openapi(struct http_request *request, struct http_reply *reply)
{
    const struct embedded *file = schema_file("openapi.yaml");
    reply->content_type = "application/yaml";
    buf_add(&reply->body, file->text, file->len);
    return 0;
}

static const enum lang french = LANG_FR, english = LANG_EN;

const struct http_route page_routes[] = {
    {.method = "GET", .path = "/", .handler = get_root},
    {.method = "GET", .path = "/en", .handler = get_language_root, .data = "/en/"},
    {.method = "GET", .path = "/en/", .handler = get_page, .data = &english},
    {.method = "GET", .path = "/fr", .handler = get_language_root, .data = "/fr/"},
    {.method = "GET", .path = "/fr/", .handler = get_page, .data = &french},
    {.method = "GET", .path = "/openapi.yaml", .handler = get_openapi},
    {0},
};
