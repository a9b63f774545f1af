/* What a text has to look like: the forms of values that people type, for
 * configuration keys and options alike. Nothing is looked up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

bool form_address(const char *text, size_t len); /* IPv4 or IPv6, without brackets */

/* A name in the DNS: labels of letters, digits, dashes and underscores. One
 * that ends in a number is none, so that 300.1.1.1 is refused (RFC 1123
 * section 2.1). */
bool form_name(const char *text, size_t len);

/* "ADDRESS:PORT", "[V6]:PORT", "NAME:PORT" or ":PORT"; ports from 0. */
bool form_listen(const char *text);

/* http://HOST or https://HOST, with a port and a path if need be; no user, no
 * query, no fragment. */
bool form_url(const char *text);

/* The same of a page that people look up: with a query and a fragment if need be. */
bool form_link(const char *text);

/* A number above 0 of at most so many digits, as lists give it. */
bool form_number(const char *text, size_t digits);

/* "2026-11-22", a day of the calendar that the database knows (TIME_FIRST_US), and nothing after it. */
bool form_day(const char *text);

/* Valid UTF-8 without a character that form_unseen finds. */
bool form_text(const char *text);

/* The first character of a text that nobody sees, 0 when there is none: control
 * characters, which a terminal obeys, and those that reorder or hide what stands
 * around them, or make two names that look alike differ (Unicode's Cf, Zl and Zp). */
uint32_t form_unseen(const char *text);

/* Such characters become spaces: what strangers wrote ends in logs and at
 * terminals, where they would begin a line of their own, or be obeyed. */
void form_tame(char *text);

/* The next word of a list between spaces, tabs or commas: *at moves behind it.
 * Returns the word's length, 0 at the end; the word ends at *at. */
size_t form_next_word(const char **at);
