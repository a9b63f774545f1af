/* Blanks and ordinals as printers of a language set them, in the texts of a
 * document: French has a narrow blank that does not break before ; ! and ?, a
 * whole one before : and % and inside « », a narrow one between thousands, and 1er
 * with its letters raised; English has no blank before any of them. */
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/lang.h"

/* Appends HTML or SVG, or a bare text with its entities, so set. What stands in tags, in <code>, <pre>, <kbd>, <samp>,
 * <style>, <script> and <data>, and addresses (https://…, www.…, a@b) stay as they are. Set again, it is the same. */
void typography_set(enum lang lang, const char *markup, size_t len, struct buf *out);
