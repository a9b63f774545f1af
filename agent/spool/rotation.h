/* A new key. `key.next` is the wish for one. The next batch announces it in its
 * header under both signatures (batch.h) and is the last one that the old key
 * signs: the head that moves to that batch has the new public key as `rotated`,
 * then the old public key joins identity.json and key.next becomes key. At start
 * a head whose `rotated` is the key of key.next finishes that. */
#pragma once

#include "agent/probe/identity.h"
#include "agent/spool/chain.h"
#include "common/fault.h"

/* 1 and the key that is wished for, 0 when there is none; a file that is no key
 * is not. */
int rotation_wish(const char *state_dir, struct sign_key *ret, struct fault *f) CHECKED;

/* The head may say that the new key is in force: so be it, on disk and in
 * identity. One that cannot be read may be that key; to go on would sign with the
 * old one, which is refused. */
int rotation_finish(const char *state_dir, const struct chain *head, struct identity *identity,
                    struct fault *f) CHECKED;
