#include "collector/web/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/format/language.h"
#include "collector/format/template.h"
#include "collector/http/etag.h"
#include "collector/web/cache.h"
#include "collector/web/page.h"
#include "collector/web/web.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/wake.h"

#define VERSION_SIZE 80 /* a number, a UUID and a day */

/* A page in a language. */
struct edition {
    const struct page *page;
    const struct language *language;
    struct words words;
    char *pattern; /* "/fr/operateur/{id}" */
};

struct site {
    struct pg_pool *reader;
    const char *country;
    json_t *packs;      /* of countries */
    const json_t *pack; /* the country's */
    struct cache *cache;
    struct edition *editions;
    size_t edition_count;
    struct http_route *routes;
    size_t route_count;
    char **roots; /* "/fr", then "/fr/" of each language, in its order */
};

/* ---- the frame ---- */

static bool is_here(const struct edition *of, const struct edition *e)
{
    return of->page == e->page && of->language == e->language;
}

/* {code, name, path} of the same page in the other languages. */
static json_t *other_languages(const struct site *site, const struct edition *here, const char *path)
{
    json_t *others = json_array();
    for (size_t i = 0; i < site->edition_count; i++) {
        const struct edition *e = &site->editions[i];
        if (e->page != here->page || e->language == here->language)
            continue;
        _cleanup_(buf_free) struct buf link = {0};
        path_write(e->pattern, here->pattern, path, &link);
        json_array_append_new(others, json_pack("{s:s, s:s, s:s}", "code", e->language->code, "name",
                                                language_name(e->language), "path", link.data));
    }
    return others;
}

/* {name, path, here} of the pages that have a place in the menu, the front page
 * first; none when there is but one to go to. */
static json_t *menu(const struct site *site, const struct edition *here)
{
    json_t *items = json_array();
    for (size_t i = 0; i < site->edition_count; i++) {
        const struct edition *e = &site->editions[i];
        const char *name = phrase(&e->words, "menu");
        if (e->language != here->language || !*name || strchr(e->pattern, '{'))
            continue;
        json_array_insert_new(items, *phrase(&e->words, "path") ? json_array_size(items) : 0,
                              json_pack("{s:s, s:s, s:b}", "name", name, "path", e->pattern, "here", is_here(e, here)));
    }
    if (json_array_size(items) < 2)
        json_array_clear(items);
    return items;
}

/* What surrounds every page. */
static json_t *frame(const struct site *site, const struct edition *e, const char *path)
{
    json_t *values = web_values(e->language, &e->words);
    json_object_set_new(values, "others", other_languages(site, e, path));
    json_object_set_new(values, "menu", menu(site, e));
    return values;
}

/* ---- a page ---- */

/* Whatever page shows a simulated line, its reader is told. */
static int note_simulated(struct pg *pg, json_t *values, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(pg, "SELECT simulated FROM public_simulation", 0, NULL, &rows, f);
    if (rc == 0)
        json_object_set_new(values, "simulated", json_boolean(pg_bool(rows, 0, 0)));
    return rc;
}

static int render(const struct site *site, const struct edition *e, struct pg *pg, const char *path, struct buf *out,
                  struct fault *f)
{
    const struct visit visit = {pg, site->country, site->pack, &e->words, e->pattern, path};
    const struct template_part parts[] = {{"page", web_template(e->page->name)}, {0}};
    _cleanup_json_ json_t *values = frame(site, e, path);
    int rc = note_simulated(pg, values, f);
    if (rc == 0)
        rc = e->page->read(&visit, values, f);
    return rc < 0 ? rc : template_render(web_frame(), parts, values, out, f);
}

static void set_headers(struct http_request *request, const struct edition *e)
{
    const char *const headers[][2] = {
        {"Referrer-Policy", "no-referrer"},
        {"Cache-Control", e->page->secret ? "no-store" : "public, max-age=60"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
        {"Content-Security-Policy", web_policy()},
        {"Content-Language", e->language->code},
    };
    for (size_t i = 0; i < COUNT(headers); i++)
        http_reply_header(request, headers[i][0], headers[i][1]);
}

/* What a page depends on beside its path: the data, and the day where it is read,
 * for "this year". Nothing in a page changes with the hour. The mark tells the
 * version of a database that was put back from the one of the same number before. */
static int read_version(const struct site *site, struct pg *pg, char ret_text[static VERSION_SIZE], struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *zone = page_zone(site->pack);
    int rc = pg_query_kept(pg,
                           "SELECT version || ' ' || mark || ' ' || (now() AT TIME ZONE $1)::date FROM data_version", 1,
                           &zone, &rows, f);
    if (rc == 0)
        snprintf(ret_text, VERSION_SIZE, "%s", pg_text(rows, 0, 0));
    return rc;
}

/* The version is read once more in the page's own snapshot: data that change
 * meanwhile belong to the next version, and so does the page that shows them. */
static int make_page(const struct site *site, const struct edition *e, struct pg *pg, const char *path,
                     struct buf *body, char ret_etag[static ETAG_SIZE], struct fault *f)
{
    char version[VERSION_SIZE];
    int rc = pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f);
    if (rc == 0)
        rc = read_version(site, pg, version, f);
    if (rc == 0)
        rc = render(site, e, pg, path, body, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc < 0)
        return rc;
    etag_make(body->data, body->len, ret_etag);
    cache_put(site->cache, e->page, path, version, body, ret_etag);
    return 0;
}

/* -EAGAIN: another request is making this very page. A secret page is kept for
 * nobody, so nobody waits for another's. */
static int try_page(const struct site *site, const struct edition *e, struct pg *pg, const char *path, struct buf *body,
                    char ret_etag[static ETAG_SIZE], struct fault *f)
{
    struct cache_turn turn;
    char version[VERSION_SIZE];
    int rc = read_version(site, pg, version, f);
    if (rc < 0 || cache_get(site->cache, path, version, body, ret_etag))
        return rc;
    if (e->page->secret)
        return make_page(site, e, pg, path, body, ret_etag, f);
    if (!cache_turn_take(site->cache, path, &turn))
        return -EAGAIN;
    rc = make_page(site, e, pg, path, body, ret_etag, f);
    cache_turn_give(site->cache, &turn);
    return rc;
}

/* When the data have changed, all who ask for a page need the same one: one of
 * them makes it, and the others wait, with no connection in their hands. */
static int find_or_make(const struct site *site, const struct edition *e, const char *path, struct buf *body,
                        char ret_etag[static ETAG_SIZE], struct fault *f)
{
    const struct timespec until = wake_after_ms(PG_TAKE_WAIT_MS);
    for (;;) {
        struct pg *pg = NULL;
        int rc = pg_pool_take(site->reader, PG_TAKE_WAIT_MS, &pg, f);
        if (rc == 0)
            rc = try_page(site, e, pg, path, body, ret_etag, f);
        pg_pool_give(site->reader, pg);
        if (rc != -EAGAIN)
            return rc;
        if (!cache_turn_wait(site->cache, path, &until))
            return fault_set(f, -EBUSY, _("another request has been making this page for long"));
    }
}

static int get_page(struct http_request *request, struct http_reply *reply)
{
    const struct edition *e = http_route_data(request);
    struct fault f = {0};
    char etag[ETAG_SIZE];
    int rc = find_or_make(http_context(request), e, http_path(request), &reply->body, etag, &f);
    if (rc == -ENOENT)
        return http_problem(request, reply, 404, "not-found", N_("Nothing is here"), N_("%s is no path of this server"),
                            http_path(request));
    if (rc < 0)
        return http_failed(request, reply, rc, &f);
    reply->content_type = "text/html; charset=utf-8";
    set_headers(request, e);
    if (e->page->secret)
        return 0;
    http_reply_header(request, "ETag", etag);
    if (etag_matches(http_header(request, "If-None-Match"), etag))
        reply->status = 304; /* microhttpd sends no body, but says how long it would be */
    return 0;
}

/* ---- what is beside the pages ---- */

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

/* ---- the whole ---- */

static void add_edition(struct site *site, const struct page *page, const struct language *language)
{
    site->editions = alloc_resize(site->editions, site->edition_count + 1, sizeof *site->editions);
    struct edition *e = &site->editions[site->edition_count++];
    *e = (struct edition){.page = page, .language = language};
    language_words(language, page->name, &e->words);
    e->pattern = alloc_format("/%s/%s", language->code, phrase(&e->words, "path"));
}

static void add_route(struct site *site, const char *path, http_handler handler, const void *data)
{
    site->routes = alloc_resize(site->routes, site->route_count + 1, sizeof *site->routes);
    site->routes[site->route_count++] = (struct http_route){
        .method = "GET", .path = path, .handler = handler, .data = data};
}

struct site *site_new(struct pg_pool *reader, const char *country)
{
    struct site *site = alloc_zero(1, sizeof *site);
    size_t count;
    const struct language *languages = language_all(&count);
    *site = (struct site){.reader = reader, .country = country, .roots = alloc_zero(2 * count + 1, sizeof(char *))};
    site->cache = cache_new();
    site->packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    site->pack = json_object_get(site->packs, country);
    add_route(site, "/", get_root, NULL);
    add_route(site, "/openapi.yaml", get_openapi, NULL);
    for (size_t l = 0; l < count; l++) {
        site->roots[2 * l] = alloc_format("/%s", languages[l].code);
        site->roots[2 * l + 1] = alloc_format("/%s/", languages[l].code);
        add_route(site, site->roots[2 * l], get_language_root, site->roots[2 * l + 1]);
        for (const struct page *const *page = page_all; *page; page++)
            add_edition(site, *page, &languages[l]);
    }
    for (size_t i = 0; i < site->edition_count; i++)
        add_route(site, site->editions[i].pattern, get_page, &site->editions[i]);
    add_route(site, NULL, NULL, NULL);
    return site;
}

void site_free(struct site *site)
{
    if (!site)
        return;
    for (size_t i = 0; i < site->edition_count; i++) {
        words_free(&site->editions[i].words);
        free(site->editions[i].pattern);
    }
    for (char **root = site->roots; *root; root++)
        free(*root);
    json_decref(site->packs);
    cache_free(site->cache);
    free(site->roots);
    free(site->editions);
    free(site->routes);
    free(site);
}

const struct http_route *site_routes(const struct site *site)
{
    return site->routes;
}
