/* A message that a mail program opens as a draft: RFC 5322, with its text as plain
 * text and as HTML, of which the reader's program shows what it can
 * (multipart/alternative, RFC 2046 section 5.1.4), and a table beside them that is
 * kept as a file (multipart/mixed; RFC 2183), all quoted-printable. Nothing is sent:
 * addressees are left to who sends it. */
#pragma once

#include <stdint.h>

#include "common/buf.h"

struct mail {
    const char *subject;   /* UTF-8, without control characters */
    const char *from;      /* a mailbox: "InternetMetre.bj <bulletin@example.org>" */
    int64_t at_us;         /* its date, since the Unix epoch */
    const char *language;  /* BCP 47 */
    struct buf text, html; /* borrowed: UTF-8, lines end in LF */
    struct buf csv;        /* the same; without bytes: nothing is attached */
    const char *csv_name;  /* ASCII */
};

void mail_write(const struct mail *m, struct buf *out);

/* Its pieces. Quoted-printable (RFC 2045 section 6.7): no line is longer than 76 octets, and ends in CRLF. */
void mail_quoted(const char *text, size_t len, struct buf *out);
/* A field's value as encoded words (RFC 2047) where it is not ASCII; folded. name_len: octets before it on its line. */
void mail_field(const char *text, size_t name_len, struct buf *out);
