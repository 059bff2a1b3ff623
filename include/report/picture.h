/* include/report/picture.h: SVG as PNG for mails and as PDF for paper, through rsvg-convert. */
#pragma once

#include <glib.h>

#define PICTURE_MAX_BYTES 60000

/* picture_can_write: some installed face has the characters of @language ("zh", "en"). Without one rsvg draws boxes and
 * succeeds. */
gboolean picture_can_write (const char *language);

/**
 * picture_png: @svg on white at @zoom times its size, or at three quarters or half of that when it would exceed
 * PICTURE_MAX_BYTES.
 *
 * Returns: NULL with PLUMB_ERROR_OUTPUT when rsvg-convert is missing, fails or takes longer than 20 s, twice, or the
 * picture is too large at half the zoom.
 */
GBytes *picture_png (const char *svg, double zoom, GError **error);

/**
 * picture_pdf: a PDF at @path of a page a document of @sheets (char*), which is dated @today: the same pages and day
 * give the same bytes.
 *
 * Returns: FALSE with PLUMB_ERROR_OUTPUT when rsvg-convert or a face for @language is missing, it fails, or takes
 * longer than a minute; nothing is left at @path then.
 */
gboolean
picture_pdf (const GPtrArray *sheets, const char *language, const char *today, const char *path, GError **error);
