#include "agent/command/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang.h"

static const struct choice yes_no[] = {
    {"yes", N_("yes"), {"y", "oui", "o"}},
    {"no", N_("no"), {"n", "non"}},
    {0},
};

void ask_free(struct ask *a)
{
    for (size_t i = 0; i < a->count; i++)
        free(a->texts[i]);
    free(a->texts);
}

/* Takes the text over. */
static void add_text(struct ask *a, char *text)
{
    a->texts = alloc_resize(a->texts, a->count + 1, sizeof *a->texts);
    a->texts[a->count++] = text;
}

const char *ask_keep(struct ask *a, const char *text)
{
    char *copy = alloc_text(text);
    add_text(a, copy);
    return copy;
}

static char *trim(char *line)
{
    char *start = line + strspn(line, " \t\r\n");
    for (size_t n = strlen(start); n > 0 && strchr(" \t\r\n", start[n - 1]); n--)
        start[n - 1] = '\0';
    return start;
}

int ask_text(struct ask *a, const char *question, const char **ret)
{
    char *line = NULL;
    size_t size = 0;
    fprintf(a->out, "%s ", question);
    fflush(a->out);
    /* The whole line, however long: what is left of it would answer the next question. */
    if (getline(&line, &size, a->in) < 0) {
        free(line);
        fputc('\n', a->out);
        return -ECANCELED;
    }
    add_text(a, line);
    const char *text = trim(line);
    *ret = *text ? text : NULL;
    return 0;
}

/* Asks until it is understood; empty is what an empty line means, NULL: nothing. */
static int ask_until(struct ask *a, const char *question, ask_reader reader, const void *user, const char *empty,
                     const char **ret)
{
    for (int i = 0; i < ASK_TRIES; i++) {
        struct fault f = {0};
        const char *answer;
        int r = ask_text(a, question, &answer);
        if (r < 0)
            return r;
        if (!answer && empty) {
            *ret = empty;
            return 0;
        }
        if (reader(user, answer ? answer : "", ret, &f) == 0)
            return 0;
        fprintf(a->out, "%s\n", f.text);
    }
    *ret = NULL;
    return 0;
}

static int ask_optional(struct ask *a, const char *question, ask_reader reader, const void *user, bool *ret_empty,
                        const char **ret)
{
    static const char unsaid[] = "";
    const char *meant;
    int r = ask_until(a, question, reader, user, unsaid, &meant);
    if (r < 0)
        return r;
    if (!meant)
        fprintf(a->out, "%s\n", _("It stays unsaid."));
    *ret_empty = meant == unsaid;
    *ret = *ret_empty ? NULL : meant;
    return 0;
}

int ask_read(struct ask *a, const char *question, ask_reader reader, const void *user, const char **ret)
{
    _cleanup_text_ char *text = alloc_format(_("%s (Enter: not said):"), question);
    bool unsaid;
    return ask_optional(a, text, reader, user, &unsaid, ret);
}

int ask_read_or(struct ask *a, const char *question, const char *enter, ask_reader reader, const void *user,
                bool *ret_enter, const char **ret)
{
    _cleanup_text_ char *text = alloc_format(_("%s (Enter: %s):"), question, enter);
    return ask_optional(a, text, reader, user, ret_enter, ret);
}

static int read_choice(const void *user, const char *answer, const char **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf list = {0};
    const struct choice *choices = user;
    const char *word = choice_read(choices, answer);
    choice_list(choices, &list);
    if (!word)
        return fault_set(f, -EINVAL, _("\"%s\" is not understood; these are: %s"), answer, list.data);
    *ret = word;
    return 0;
}

int ask_choice(struct ask *a, const char *question, const struct choice *choices, const char **ret)
{
    _cleanup_(buf_free) struct buf list = {0};
    choice_list(choices, &list);
    _cleanup_text_ char *text = alloc_format(_("%s (%s; Enter: not said):"), question, list.data);
    bool unsaid;
    return ask_optional(a, text, read_choice, choices, &unsaid, ret);
}

static int ask_yes_no(struct ask *a, const char *question, const char *empty, bool safe, bool *ret)
{
    const char *word;
    int r = ask_until(a, question, read_choice, yes_no, empty, &word);
    if (r < 0)
        return r;
    if (!word)
        fprintf(a->out, _("That counts as %s.\n"), safe ? _("yes") : _("no"));
    *ret = word ? strcmp(word, "yes") == 0 : safe;
    return 0;
}

int ask_yes(struct ask *a, const char *question, bool safe, bool *ret)
{
    _cleanup_text_ char *text = alloc_format(_("%s (yes/no):"), question);
    return ask_yes_no(a, text, NULL, safe, ret);
}

int ask_yes_or(struct ask *a, const char *question, bool enter, bool safe, bool *ret)
{
    _cleanup_text_ char *text = alloc_format(_("%s (yes/no; Enter: %s):"), question, enter ? _("yes") : _("no"));
    return ask_yes_no(a, text, enter ? "yes" : "no", safe, ret);
}
