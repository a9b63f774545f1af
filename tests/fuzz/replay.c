/* Runs one fuzz target over every file of the folders named as arguments. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        for (struct dirent *entry; dir && (entry = readdir(dir));) {
            char path[4096];
            struct buf bytes = {0};
            struct fault f;
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (file_read(path, 64 << 20, &bytes, &f) < 0) {
                fprintf(stderr, "%s\n", f.text);
                return 1;
            }
            /* An allocation of its own size, so that ASan sees one byte past it. */
            uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
            memcpy(exact, bytes.data, bytes.len);
            LLVMFuzzerTestOneInput(exact, bytes.len);
            free(exact);
            buf_free(&bytes);
            count++;
        }
        if (dir)
            closedir(dir);
    }
    printf("1..1\n%s 1 - %u seeds\n", count ? "ok" : "not ok", count);
    return count ? 0 : 1;
}
