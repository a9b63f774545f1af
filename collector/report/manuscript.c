#include "collector/report/manuscript.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "collector/report/company.h"
#include "collector/report/image.h"
#include "collector/report/quote.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

/* Where authors have something to say: others of our sections follow one of these. */
static const struct {
    const char *section;
    int place;
} places[] = {{"summary", 20}, {"goals", 30},  {"areas", 40},   {"neighbours", 50},
              {"missing", 60}, {"method", 70}, {"glossary", 80}};

int manuscript_place(const char *section)
{
    for (size_t p = 0; p < COUNT(places); p++)
        if (!strcmp(places[p].section, section))
            return places[p].place;
    return 0;
}

/* ---- the folder ---- */

static bool ends(const char *name, const char *with)
{
    const size_t len = strlen(name), end = strlen(with);
    return len > end && !strcasecmp(name + len - end, with);
}

/* What lies beside chapters with a reason: what they show, what editors and systems leave, folders. */
static bool is_none(const struct dirent *entry)
{
    const char *const others[] = {".png", ".jpg", ".jpeg", ".svg", "~", ".bak", ".csv", ".pdf", ".odt", ".ods"};
    for (size_t o = 0; o < COUNT(others); o++)
        if (ends(entry->d_name, others[o]))
            return true;
    return *entry->d_name == '.' || !strcmp(entry->d_name, EDITION_NAME) || entry->d_type == DT_DIR;
}

static int add_chapter(struct manuscript *m, const char *folder, const char *name, struct fault *f)
{
    const size_t digits = strspn(name, "0123456789");
    if (digits != 2)
        return fault_set(f, -EBADMSG,
                         _("%s/%s: begin the name with two digits, which say where the chapter stands, as in "
                           "10-%s"),
                         folder, name, name + digits + strspn(name + digits, "-_ "));
    if (m->count == MANUSCRIPT_CHAPTERS_MAX)
        return fault_set(f, -E2BIG, _("%s: more than %d chapters; put some of them together"), folder,
                         MANUSCRIPT_CHAPTERS_MAX);
    m->chapters = alloc_resize(m->chapters, m->count + 1, sizeof *m->chapters);
    m->chapters[m->count++] = (struct manuscript_chapter){.name = alloc_text(name),
                                                          .place = 10 * (name[0] - '0') + name[1] - '0'};
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct manuscript_chapter *)a)->name, ((const struct manuscript_chapter *)b)->name);
}

/* An author who wrote for another language of the year wants to know that this one has none. */
static int without_folder(const char *folder, struct fault *f)
{
    const int error = errno;
    _cleanup_text_ char *year = alloc_text_n(folder, (size_t)(strrchr(folder, '/') - folder));
    if (error != ENOENT)
        return fault_set(f, -error, _("cannot read %s: %s"), folder, fault_errno(error));
    DIR *others = opendir(year);
    if (others) {
        closedir(others);
        log_warn(_("%s is not there: in this language the report has no chapters of its authors"), folder);
    }
    return 0;
}

static int list(const char *folder, struct manuscript *m, struct fault *f)
{
    DIR *entries = opendir(folder);
    int rc = 0;
    if (!entries)
        return without_folder(folder, f);
    for (const struct dirent *entry; rc == 0 && (entry = readdir(entries)) != NULL;) {
        if (is_none(entry))
            continue;
        if (ends(entry->d_name, ".md"))
            rc = add_chapter(m, folder, entry->d_name, f);
        else
            log_warn(_("%s/%s is not read: the name of a chapter ends in .md"), folder, entry->d_name);
    }
    closedir(entries);
    if (m->count)
        qsort(m->chapters, m->count, sizeof *m->chapters, by_name);
    return rc;
}

static int by_author(const void *a, const void *b)
{
    return strcmp(((const struct manuscript_answer *)a)->author, ((const struct manuscript_answer *)b)->author);
}

/* Of whom it is, the name of its file says. */
static int add_answer(const struct report *r, struct manuscript *m, const char *folder, const char *name,
                      struct fault *f)
{
    _cleanup_text_ char *stem = alloc_text_n(name, (size_t)(strrchr(name, '.') - name));
    const char *author;
    int rc = company_find(r, stem, &author, f);
    if (rc < 0) {
        fault_prefix(f, "%s/%s: ", folder, name);
        return rc;
    }
    if (manuscript_answer_of(m, author))
        return fault_set(f, -EEXIST, _("%s/%s: %s has another answer there; keep one"), folder, name, author);
    if (m->answer_count == MANUSCRIPT_CHAPTERS_MAX)
        return fault_set(f, -E2BIG, _("%s: more than %d answers"), folder, MANUSCRIPT_CHAPTERS_MAX);
    m->answers = alloc_resize(m->answers, m->answer_count + 1, sizeof *m->answers);
    m->answers[m->answer_count++] = (struct manuscript_answer){.name = alloc_text(name), .author = author};
    return 0;
}

static int list_answers(const struct report *r, const char *folder, struct manuscript *m, struct fault *f)
{
    DIR *entries = opendir(folder);
    int rc = 0;
    if (!entries)
        return errno == ENOENT ? 0 : fault_set(f, -errno, _("cannot read %s: %s"), folder, fault_errno(errno));
    for (const struct dirent *entry; rc == 0 && (entry = readdir(entries)) != NULL;) {
        if (is_none(entry))
            continue;
        if (ends(entry->d_name, ".md"))
            rc = add_answer(r, m, folder, entry->d_name, f);
        else
            log_warn(_("%s/%s is not read: the name of an answer ends in .md"), folder, entry->d_name);
    }
    closedir(entries);
    if (m->answer_count)
        qsort(m->answers, m->answer_count, sizeof *m->answers, by_author);
    return rc;
}

/* ---- a chapter ---- */

/* What is asked for while one is read. */
struct writer {
    struct quotes quotes; /* the first member: what refers gets this */
    const char *folder;
    size_t image_bytes; /* so far, as they stand in the document */
};

static int embed(void *of, const char *name, struct buf *out, struct fault *f)
{
    struct writer *w = of;
    _cleanup_text_ char *path = alloc_format("%s/%s", w->folder, name);
    const size_t before = out->len;
    int rc = image_read(path, out, f);
    w->image_bytes += out->len - before;
    if (rc == 0 && w->image_bytes > MANUSCRIPT_IMAGES_MAX)
        return fault_set(f, -EFBIG, _("the images of all chapters are larger than %u MiB together; make some smaller"),
                         MANUSCRIPT_IMAGES_MAX >> 20);
    return rc;
}

/* level: of its title, as HTML numbers headings. */
static int read_text(struct writer *w, const char *name, const char *id, int level, struct markdown *ret,
                     struct fault *f)
{
    const struct markdown_ways ways = {quote_write, embed, w, phrase(&w->quotes.r->words, "figure"), level};
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_text_ char *path = alloc_format("%s/%s", w->folder, name);
    int rc = file_read_itself(path, MANUSCRIPT_BYTES_MAX, &text, f);
    if (rc < 0)
        return rc;
    w->quotes.path = path;
    rc = markdown_read(text.data ? text.data : "", text.len, id, &ways, ret, f);
    if (rc < 0)
        fault_prefix(f, "%s: ", path);
    return rc < 0 ? rc : w->quotes.rc;
}

static int read_texts(struct writer *w, struct manuscript *m, const char *folder, const char *answers, struct fault *f)
{
    int rc = 0;
    w->folder = folder;
    for (size_t c = 0; rc == 0 && c < m->count; c++) {
        _cleanup_text_ char *id = alloc_format("chapter-%zu", c + 1);
        rc = read_text(w, m->chapters[c].name, id, MARKDOWN_PART_LEVEL - 1, &m->chapters[c].text, f);
    }
    w->folder = answers;
    for (size_t a = 0; rc == 0 && a < m->answer_count; a++) {
        _cleanup_text_ char *id = alloc_format("answer-%zu", a + 1);
        rc = read_text(w, m->answers[a].name, id, MARKDOWN_PART_LEVEL + 1, &m->answers[a].text, f);
    }
    return rc;
}

int manuscript_read(const struct report *r, const char *folder, struct manuscript *ret, struct fault *f)
{
    struct manuscript m = {0};
    _cleanup_text_ char *answers = folder ? alloc_format("%s/" MANUSCRIPT_ANSWERS, folder) : NULL;
    *ret = m;
    int rc = folder ? list(folder, &m, f) : 0;
    if (rc == 0 && folder)
        rc = list_answers(r, answers, &m, f);
    struct writer w = {.quotes = {.r = r, .f = f}};
    if (rc == 0 && m.count + m.answer_count)
        w.quotes.references = references_new(r);
    if (rc == 0)
        rc = read_texts(&w, &m, folder, answers, f);
    quote_end(&w.quotes);
    references_free(w.quotes.references);
    if (rc < 0)
        manuscript_free(&m);
    *ret = m;
    return rc;
}

const struct manuscript_answer *manuscript_answer_of(const struct manuscript *m, const char *author)
{
    for (size_t a = 0; a < m->answer_count; a++)
        if (!strcmp(m->answers[a].author, author))
            return &m->answers[a];
    return NULL;
}

void manuscript_free(struct manuscript *m)
{
    for (size_t c = 0; c < m->count; c++) {
        free(m->chapters[c].name);
        markdown_free(&m->chapters[c].text);
    }
    free(m->chapters);
    for (size_t a = 0; a < m->answer_count; a++) {
        free(m->answers[a].name);
        markdown_free(&m->answers[a].text);
    }
    free(m->answers);
    *m = (struct manuscript){0};
}

/* ---- in the document ---- */

/* Those of the first level have a line in the table of contents. */
static json_t *parts_of(const struct markdown *text)
{
    json_t *parts = json_array(), *part;
    size_t n;
    json_array_foreach(text->parts, n, part)
    {
        if (json_integer_value(json_object_get(part, "level")) == MARKDOWN_PART_LEVEL)
            json_array_append(parts, part);
    }
    return parts;
}

void manuscript_add(struct manuscript *m, int before, json_t *sections)
{
    for (; m->next < m->count && (!before || m->chapters[m->next].place < before); m->next++) {
        const struct markdown *text = &m->chapters[m->next].text;
        _cleanup_text_ char *id = alloc_format("chapter-%zu", m->next + 1);
        json_array_append_new(sections, json_pack("{s:s, s:s, s:s, s:o}", "name", id, "title", text->title, "html",
                                                  text->html.data ? text->html.data : "", "parts", parts_of(text)));
    }
}
