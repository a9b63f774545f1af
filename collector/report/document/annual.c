/* "État de l'Internet": the yearly report, its workbook, and each picture as a file. */
#include "collector/report/document/annual.h"

#include "collector/format/typography.h"
#include "collector/report/manuscript.h"
#include "collector/report/picture.h"
#include "collector/report/window.h"
#include "collector/report/workbook.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"

#define REPORT_LIST(section_name) &section_##section_name,
static const struct section *const sections[] = {REPORT_SECTIONS(REPORT_LIST)};

/* With the chapters of its authors, where their numbers say. */
static int add_sections(struct report *r, json_t *list, struct fault *f)
{
    struct manuscript m;
    int rc = manuscript_read(r, r->order->chapters, &m, f);
    r->manuscript = &m;
    for (size_t s = 0; rc == 0 && s < COUNT(sections); s++) {
        const int place = manuscript_place(sections[s]->name);
        if (place)
            manuscript_add(&m, place, list);
        rc = document_section(r, sections[s], list, f);
    }
    manuscript_add(&m, 0, list);
    manuscript_free(&m);
    r->manuscript = NULL;
    return rc;
}

static int write_document(struct report *r, const struct outlet *to, struct fault *f)
{
    json_t *list = json_array();
    _cleanup_json_ json_t *values = document_values(r, list);
    _cleanup_(buf_free) struct buf html = {0};
    int rc = add_sections(r, list, f);
    if (rc == 0)
        rc = window_set(r, values, f);
    if (rc == 0)
        rc = document_render(r, values, &html, f);
    return rc < 0 ? rc : to->keep(to->of, "report.html", &html, f);
}

static int write_workbook(const struct report *r, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf workbook = {0};
    int rc = workbook_make(r, r->order->scratch, &workbook, f);
    return rc < 0 ? rc : to->keep(to->of, "indicators.xlsx", &workbook, f);
}

static int write_pictures(const struct report *r, const struct outlet *to, struct fault *f)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t i = 0; i < count; i++)
        for (enum picture p = 0; rc == 0 && p < PICTURE_COUNT; p++) {
            _cleanup_(buf_free) struct buf drawn = {0}, svg = {0};
            _cleanup_text_ char *name = alloc_format("figures/%s-%s.svg", all[i].id, picture_word(p)), *title = NULL;
            rc = picture_draw(r, &all[i], p, CHART_A4, &drawn, &title, f);
            if (rc < 0 || !title)
                continue;
            typography_set(r->words.lang, drawn.data, drawn.len, &svg);
            rc = to->keep(to->of, name, &svg, f);
        }
    return rc;
}

/* Several may have been asked with the same sheet. */
static bool is_kept(const json_t *list, size_t count, const char *file)
{
    for (size_t n = 0; n < count; n++) {
        const char *earlier = json_string_value(json_object_get(json_array_get(list, n), "file"));
        if (earlier && !strcmp(earlier, file))
            return true;
    }
    return false;
}

/* Those that lie beside the edition's own file go with the report. */
static int write_questionnaires(const struct report *r, const struct outlet *to, struct fault *f)
{
    const json_t *list = edition_list(&r->edition, "questionnaire"), *one;
    size_t n;
    int rc = 0;
    json_array_foreach(list, n, one)
    {
        const char *file = json_string_value(json_object_get(one, "file"));
        if (!file || rc < 0 || is_kept(list, n, file))
            continue;
        _cleanup_text_ char *path = alloc_format("%s/%s", r->order->chapters, file),
                            *name = alloc_format(EDITION_QUESTIONNAIRES "/%s", file);
        _cleanup_(buf_free) struct buf bytes = {0};
        rc = file_read_itself(path, EDITION_FILE_MAX, &bytes, f);
        if (rc < 0)
            fault_prefix(f, _("%s, line %d: "), r->edition.path, (int)json_integer_value(json_object_get(one, "line")));
        else
            rc = to->keep(to->of, name, &bytes, f);
    }
    return rc;
}

static int write_annual(struct report *r, const struct outlet *to, struct fault *f)
{
    int rc = write_document(r, to, f);
    if (rc == 0)
        rc = write_questionnaires(r, to, f);
    if (rc == 0)
        rc = document_data(r, to, f);
    if (rc == 0)
        rc = write_workbook(r, to, f);
    return rc < 0 ? rc : write_pictures(r, to, f);
}

const struct document document_annual = {.name = "annual", .write = write_annual, .pictures = "figures"};
