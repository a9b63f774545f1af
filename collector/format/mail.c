#include "collector/format/mail.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define LINE_MAX_OCTETS 76 /* of quoted-printable, and of a line with an encoded word */
#define FOLD_OCTETS     72
#define WORD_BEGINS     "=?UTF-8?Q?"
#define WORD_ENDS       "?="
/* No quoted-printable line holds "=_". */
#define BOUNDARY       "=_internetmetre_"
#define OUTER_BOUNDARY "=_whole_internetmetre_" /* neither begins with the other */

/* ---- quoted-printable ---- */

static bool stands(unsigned char c)
{
    return c == ' ' || c == '\t' || (c > ' ' && c < 0x7F && c != '=');
}

void mail_quoted(const char *text, size_t len, struct buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool ends = i + 1 == len || text[i + 1] == '\n';
        if (c == '\n') {
            buf_add_text(out, "\r\n");
            at = 0;
            continue;
        }
        /* A blank at a line's end is lost on the way; so may be a dot alone on it. */
        const bool plain = stands(c) && !(ends && isblank(c)) && !(ends && at == 0 && c == '.');
        const size_t takes = plain ? 1 : 3;
        if (at + takes > LINE_MAX_OCTETS - (ends ? 0 : 1)) {
            buf_add_text(out, "=\r\n");
            at = 0;
        }
        if (plain)
            buf_add_char(out, (char)c);
        else
            buf_addf(out, "=%02X", c);
        at += takes;
    }
}

/* ---- fields ---- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            return false;
    return true;
}

static size_t letter_len(const char *text)
{
    size_t len = 1;
    while (((unsigned char)text[len] & 0xC0) == 0x80)
        len++;
    return len;
}

/* Words stand as they are, folded at blanks. */
static void add_ascii(const char *text, size_t at, struct buf *out)
{
    while (*text) {
        const size_t len = strspn(text, " ") + strcspn(text + strspn(text, " "), " ");
        if (at + len > FOLD_OCTETS && *text == ' ') {
            buf_add_text(out, "\r\n");
            at = 0;
        }
        buf_add(out, text, len);
        at += len;
        text += len;
    }
}

/* A letter is never parted among two words (RFC 2047 section 5). */
static void add_encoded(const char *text, size_t at, struct buf *out)
{
    buf_add_text(out, WORD_BEGINS);
    at += strlen(WORD_BEGINS);
    while (*text) {
        const size_t len = letter_len(text);
        const unsigned char c = (unsigned char)*text;
        const bool plain = len == 1 && (isalnum(c) || c == ' ');
        const size_t takes = plain ? 1 : 3 * len;
        if (at + takes + strlen(WORD_ENDS) > LINE_MAX_OCTETS - 1) {
            buf_add_text(out, WORD_ENDS "\r\n " WORD_BEGINS);
            at = 1 + strlen(WORD_BEGINS);
        }
        for (size_t i = 0; i < len; i++)
            if (plain)
                buf_add_char(out, c == ' ' ? '_' : (char)c);
            else
                buf_addf(out, "=%02X", (unsigned char)text[i]);
        at += takes;
        text += len;
    }
    buf_add_text(out, WORD_ENDS);
}

void mail_field(const char *text, size_t name_len, struct buf *out)
{
    if (is_ascii(text))
        add_ascii(text, name_len, out);
    else
        add_encoded(text, name_len, out);
}

static void add_field(const char *name, const char *text, struct buf *out)
{
    buf_addf(out, "%s: ", name);
    mail_field(text, strlen(name) + 2, out);
    buf_add_text(out, "\r\n");
}

/* In English whatever the language (RFC 5322 section 3.3). */
static void add_date(int64_t at_us, struct buf *out)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const time_t at = (time_t)(at_us / 1000000);
    struct tm tm;
    gmtime_r(&at, &tm);
    buf_addf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * tm.tm_wday, tm.tm_mday,
             months + 3 * tm.tm_mon, tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_part(const char *type, const char *language, const struct buf *body, struct buf *out)
{
    buf_addf(out,
             "--" BOUNDARY "\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Language: %s\r\n"
             "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
             type, language);
    mail_quoted(body->data ? body->data : "", body->len, out);
    buf_add_text(out, "\r\n");
}

static void add_attached(const struct mail *m, struct buf *out)
{
    buf_addf(out,
             "--" OUTER_BOUNDARY "\r\nContent-Type: text/csv; charset=utf-8; name=\"%s\"\r\n"
             "Content-Disposition: attachment; filename=\"%s\"\r\n"
             "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
             m->csv_name, m->csv_name);
    mail_quoted(m->csv.data, m->csv.len, out);
    buf_add_text(out, "\r\n--" OUTER_BOUNDARY "--\r\n");
}

void mail_write(const struct mail *m, struct buf *out)
{
    const bool attached = m->csv.len > 0;
    add_field("From", m->from, out);
    add_field("Subject", m->subject, out);
    add_date(m->at_us, out);
    buf_add_text(out, "MIME-Version: 1.0\r\nX-Unsent: 1\r\n");
    if (attached)
        buf_add_text(out, "Content-Type: multipart/mixed;\r\n boundary=\"" OUTER_BOUNDARY "\"\r\n\r\n"
                          "--" OUTER_BOUNDARY "\r\n");
    buf_add_text(out, "Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY "\"\r\n\r\n");
    add_part("plain", m->language, &m->text, out);
    add_part("html", m->language, &m->html, out);
    buf_add_text(out, "--" BOUNDARY "--\r\n");
    if (attached)
        add_attached(m, out);
}
