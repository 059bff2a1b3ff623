#include "report/chart_place.h"

#include "base/text.h"

#include <math.h>

Placing *
placing_new (Box frame)
{
  Placing *placing = g_new0 (Placing, 1);

  placing->frame = frame;
  placing->boxes = g_array_new (FALSE, FALSE, sizeof (Box));
  placing->segments = g_array_new (FALSE, FALSE, sizeof (Box));
  return placing;
}

void
placing_free (Placing *placing)
{
  g_array_unref (placing->boxes);
  g_array_unref (placing->segments);
  g_free (placing);
}

void
placing_block (Placing *placing, Box box)
{
  g_array_append_val (placing->boxes, box);
}

void
placing_line (Placing *placing, double x0, double y0, double x1, double y1)
{
  Box line = { x0, y0, x1, y1 };

  g_array_append_val (placing->segments, line);
}

static gboolean
overlap (Box a, Box b)
{
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

static gboolean
inside (Box inner, Box outer)
{
  return inner.x0 >= outer.x0 && inner.x1 <= outer.x1 && inner.y0 >= outer.y0 && inner.y1 <= outer.y1;
}

/* Narrows [*from, *to], the part of a line from @start by @length that is still inside, by one pair of parallel sides.
 */
static gboolean
clip (double start, double length, double low, double high, double *from, double *to)
{
  double a = 0;
  double b = 0;

  if (length == 0)
    return start > low && start < high;
  a = (low - start) / length;
  b = (high - start) / length;
  *from = fmax (*from, fmin (a, b));
  *to = fmin (*to, fmax (a, b));
  return *from < *to;
}

/* A hair's breadth counts as crossing. */
static gboolean
crosses (Box box, Box line)
{
  double from = 0;
  double to = 1;

  return clip (line.x0, line.x1 - line.x0, box.x0 - 2, box.x1 + 2, &from, &to)
         && clip (line.y0, line.y1 - line.y0, box.y0 - 1, box.y1 + 1, &from, &to);
}

/* Number of lines crossed, or G_MAXUINT where the box cannot stand. */
static guint
penalty (const Placing *placing, Box box)
{
  guint crossed = 0;

  if (!inside (box, placing->frame))
    return G_MAXUINT;
  for (guint i = 0; i < placing->boxes->len; i++)
    if (overlap (box, g_array_index (placing->boxes, Box, i)))
      return G_MAXUINT;
  for (guint i = 0; i < placing->segments->len; i++)
    crossed += crosses (box, g_array_index (placing->segments, Box, i)) ? 1 : 0;
  return crossed;
}

gboolean
placing_put (Placing *placing, const Spot spots[], guint n, double width, double height, gboolean strict, Box *out)
{
  guint best = G_MAXUINT;
  Box chosen = { 0 };

  for (guint i = 0; i < n && best > 0; i++) {
    Box box = { spots[i].x - width / 2, spots[i].y - height / 2, spots[i].x + width / 2, spots[i].y + height / 2 };
    guint found = penalty (placing, box);

    if (found < best) {
      best = found;
      chosen = box;
    }
  }
  if (best == G_MAXUINT || (strict && best > 0))
    return FALSE;
  placing_block (placing, chosen);
  *out = chosen;
  return TRUE;
}

static double
char_em (gunichar c)
{
  if (c >= 0x2E80)
    return 1.0;
  if (g_unichar_isdigit (c))
    return 0.58;
  if (c == '.' || c == ',' || c == ' ' || c == ':' || c == 'i' || c == 'l' || c == '(' || c == ')')
    return 0.36;
  if (c == '%' || c == 'm' || c == 'w' || c == 'M' || c == 'W')
    return 0.92;
  if (c >= 0x2200 && c <= 0x22FF) /* ≤ and ≥ are full width in many Chinese faces */
    return 1.0;
  return g_unichar_isupper (c) ? 0.7 : 0.58;
}

double
placing_text_width (const char *text, double size)
{
  double em = 0;

  for (const char *p = text; *p != '\0'; p = text_next (p))
    em += char_em (g_utf8_get_char (p));
  return em * size;
}
