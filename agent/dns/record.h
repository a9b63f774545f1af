/* The records of a DNS message as text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>
#include <sys/socket.h>

#include "agent/dns/packet.h"

enum record_section { RECORD_ANSWER, RECORD_AUTHORITY, RECORD_ADDITIONAL };

/* A name of 255 octets, each of them escaped as \DDD. */
#define RECORD_NAME_MAX 1024
#define RECORD_DATA_MAX 1024

struct record {
    char name[RECORD_NAME_MAX]; /* lower case, last dot included */
    char type[16];
    uint32_t ttl;
    char data[RECORD_DATA_MAX + 1]; /* presentation form; names in it as they came */
    bool cut;                       /* data was longer */
};

size_t record_count(const struct packet *p, enum record_section section);
/* Record i of a section, in the order of the message. */
void record_get(const struct packet *p, enum record_section section, size_t i, struct record *ret);

/* How many records of this type a section holds. */
size_t record_count_type(const struct packet *p, enum record_section section, const char *type);

/* The next record of this type at or after *at, which moves behind it; false
 * when there is none. Start with *at = 0. */
bool record_next(const struct packet *p, enum record_section section, const char *type, size_t *at, struct record *ret);

/* An A or AAAA record's address, port 0; false for any other record. */
bool record_address(const struct record *r, struct sockaddr_storage *ret);
/* The strings of a TXT record, joined, without quotes and escapes; ret always
 * ends in NUL. */
void record_text(const struct record *r, char *ret, size_t size);

/* Adds to detail: flags ["qr","rd",…], counts of each section, and answers
 * [{"name","type","ttl","data"}] in presentation form, at most
 * RECORD_REPORT_MAX of them. */
#define RECORD_REPORT_MAX 32
void record_report(const struct packet *p, json_t *detail);
