/* What follows a batch's header, to the end of the file: the packed results,
 * which nobody looks into, and the signature's frame, of which one value has one
 * text. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "common/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char front[] = {0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, '{', '}'};
    struct buf file = {0};
    struct envelope e;
    struct fault f;
    buf_add(&file, front, sizeof front);
    buf_add(&file, bytes, len);
    if (envelope_read(file.data, file.len, &e, &f) == 0) {
        char text[SIGN_TEXT_SIZE];
        const char *last = file.data + file.len - ENVELOPE_SIGNATURE_SIZE;
        if (e.header_len != 2 || e.packed_len + ENVELOPE_SIGNATURE_SIZE != len)
            abort();
        base64_write(e.sig, sizeof e.sig, text);
        if (memcmp(last + ENVELOPE_FRAME + 8, text, SIGN_TEXT_SIZE - 1) != 0)
            abort(); /* another text of the same signature: another file of the same batch */
        if (sign_check((const uint8_t[SIGN_PUBLIC_SIZE]){0}, DOMAIN_BATCH, e.hash, HASH_SIZE, e.sig))
            abort(); /* nobody holds the key of the zero point's encoding here */
    }
    if (envelope_read(bytes, len, &e, &f) == 0 && e.packed_len > len)
        abort();
    buf_free(&file);
    return 0;
}
