/* The public pages, in French at /fr/ and in English at /en/. */
#include "collector/web/page.h"

#include "collector/web/overview.h"
#include "collector/db/schema.h"
#include "collector/format/language.h"
#include "collector/format/template.h"
#include "collector/web/web.h"
#include "common/json.h"

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

/* What surrounds every page. */
static void set_frame(json_t *page, const struct language *language, const struct words *words)
{
    size_t count;
    const struct language *all = language_all(&count);
    json_t *others = json_array();
    for (size_t i = 0; i < count; i++)
        if (&all[i] != language) {
            _cleanup_text_ char *path = alloc_format("/%s/", all[i].code);
            json_array_append_new(others, json_pack("{s:s, s:s, s:s}", "code", all[i].code, "name",
                                                    language_name(&all[i]), "path", path));
        }
    json_object_set_new(page, "lang", json_string(language->code));
    json_object_set_new(page, "others", others);
    json_object_set_new(page, "partial", json_boolean(words->lacking > 0));
    json_object_set_new(page, "style", json_string(web_style()));
}

static int get_page(struct http_request *request, struct http_reply *reply)
{
    const struct language *language = language_find(http_route_data(request));
    const struct pages *pages = http_context(request);
    struct fault f = {0};
    struct pg *pg = NULL;
    _cleanup_json_ json_t *page = NULL;
    _cleanup_(words_free) struct words words;
    language_words(language, "overview", &words);
    int rc = pg_pool_take(pages->reader, TAKE_WAIT_MS, &pg, &f);
    if (rc == 0)
        rc = overview_read(pg, pages->country, &words, &page, &f);
    if (pg)
        pg_pool_give(pages->reader, pg);
    if (rc == 0) {
        set_frame(page, language, &words);
        rc = template_render(web_template(), NULL, page, &reply->body, &f);
    }
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    reply->content_type = "text/html; charset=utf-8";
    set_headers(request);
    http_reply_header(request, "Content-Language", language->code);
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
    const struct language *language = language_accepted(http_header(request, "Accept-Language"));
    _cleanup_text_ char *to = alloc_format("/%s/", language->code);
    http_reply_header(request, "Vary", "Accept-Language");
    return redirect(request, reply, to);
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

const struct http_route page_routes[] = {
    {.method = "GET", .path = "/", .handler = get_root},
    {.method = "GET", .path = "/en", .handler = get_language_root, .data = "/en/"},
    {.method = "GET", .path = "/en/", .handler = get_page, .data = "en"},
    {.method = "GET", .path = "/fr", .handler = get_language_root, .data = "/fr/"},
    {.method = "GET", .path = "/fr/", .handler = get_page, .data = "fr"},
    {.method = "GET", .path = "/openapi.yaml", .handler = get_openapi},
    {0},
};
