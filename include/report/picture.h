/* include/report/picture.h: a chart as PNG for mails, through rsvg-convert. */
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
 * Returns: NULL with PLUMB_ERROR_OUTPUT when rsvg-convert is missing, fails or takes longer than 20 s, or the picture
 * is too large at half the zoom.
 */
GBytes *picture_png (const char *svg, double zoom, GError **error);
