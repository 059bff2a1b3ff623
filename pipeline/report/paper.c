#include "report/paper.h"

#include "base/text.h"
#include "report/chart_canvas.h"

#include <string.h>

#define LEADING 1.42
#define BANNER_HEIGHT 22.0
#define FOOT_HEIGHT 18.0

static const char style[] = "<style>.inner{fill:none;stroke:#fff;stroke-width:2}"
                            ".stroke{fill:none;stroke:currentColor;stroke-width:2.4;stroke-linecap:round}"
                            ".dashed{fill:none;stroke:currentColor;stroke-width:2;stroke-dasharray:2.5 2.6}</style>";

Block *
block_new (void)
{
  Block *block = g_new0 (Block, 1);

  block->svg = g_string_new (NULL);
  return block;
}

void
block_free (Block *block)
{
  g_string_free (block->svg, TRUE);
  g_free (block);
}

static void
put (Block *block, const Ink *ink, const char *anchor, double x, double y, const char *text)
{
  g_autofree char *attributes = g_strdup_printf ("font-size=\"%s\" fill=\"%s\"%s%s", PX (ink->size), ink->colour,
                                                 ink->bold ? " font-weight=\"700\"" : "", anchor);

  chart_add_text (block->svg, attributes, x, y, text);
}

void
block_put (Block *block, const Ink *ink, double x, double y, const char *text)
{
  put (block, ink, "", x, y, text);
}

void
block_put_end (Block *block, const Ink *ink, double x, double y, const char *text)
{
  put (block, ink, " text-anchor=\"end\"", x, y, text);
}

void
block_text (Block *block, const Ink *ink, double x, double width, const char *text)
{
  g_autoptr (GPtrArray) lines = paper_wrap (ink, width, text);

  for (guint i = 0; i < lines->len; i++) {
    block_put (block, ink, x, block->height + ink->size * 1.08, lines->pdata[i]);
    block->height += ink->size * LEADING;
  }
}

void
block_picture (Block *block, double x, double y, double shown, double width, double height, const char *svg)
{
  chart_add (block->svg, "<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\">", PX (x), PX (y),
             PX (shown), PX (height * shown / width), PX (width), PX (height));
  g_string_append (block->svg, svg);
  g_string_append (block->svg, "</svg>");
}

void
block_rule (Block *block, double width, double thickness, const char *colour)
{
  chart_add (block->svg, "<rect y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>", PX (block->height), PX (width),
             PX (thickness), colour);
  block->height += thickness;
}

double
paper_text_width (const Ink *ink, const char *text)
{
  return placing_text_width (text, ink->size) * (ink->bold ? CHART_BOLD : 1);
}

/* A line may end after a space or a hyphen, and before or after a Chinese character; but no line begins with what
 * closes. */
static gboolean
may_break (gunichar before, gunichar after)
{
  static const char closing[] = "，。、；：）》！？”’%％,.;:)!?·…";

  if (g_utf8_strchr (closing, -1, after) != NULL || g_utf8_strchr ("（《“‘(", -1, before) != NULL)
    return FALSE;
  return before == ' ' || before == '-' || before >= 0x2E80 || after >= 0x2E80;
}

/* Bytes of @text that make a line. */
static gsize
line_length (const Ink *ink, double width, const char *text)
{
  double room = width;
  gsize last = 0;
  const char *p = text;

  for (gunichar before = 0; *p != '\0'; before = g_utf8_get_char (p), p = text_next (p)) {
    g_autofree char *one = g_strndup (p, (gsize)(text_next (p) - p));

    if (p != text && may_break (before, g_utf8_get_char (p)))
      last = (gsize)(p - text);
    room -= paper_text_width (ink, one);
    if (room < 0 && *p != ' ' && p != text)
      return last > 0 ? last : (gsize)(p - text);
  }
  return (gsize)(p - text);
}

GPtrArray *
paper_wrap (const Ink *ink, double width, const char *text)
{
  g_autofree char *plain = text_line (text);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (const char *at = plain; *at != '\0';) {
    gsize n = line_length (ink, width, at);

    g_ptr_array_add (lines, g_strstrip (g_strndup (at, n)));
    for (at += n; *at == ' ';)
      at++;
  }
  return lines;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static void
free_sheet (gpointer data)
{
  g_string_free (data, TRUE);
}

Paper *
paper_new (const char *banner, const char *foot)
{
  Paper *paper = g_new0 (Paper, 1);

  paper->sheets = g_ptr_array_new_with_free_func (free_sheet);
  paper->banner = g_strdup (banner);
  paper->foot = g_strdup (foot);
  paper->top = *banner != '\0' ? PAPER_EDGE + BANNER_HEIGHT - 4 : PAPER_EDGE - 8;
  paper_break (paper);
  return paper;
}

void
paper_free (Paper *paper)
{
  g_ptr_array_unref (paper->sheets);
  g_free (paper->banner);
  g_free (paper->foot);
  g_free (paper);
}

void
paper_break (Paper *paper)
{
  g_ptr_array_add (paper->sheets, g_string_new (NULL));
  paper->y = paper->top;
}

gboolean
paper_has (const Paper *paper, double height)
{
  return paper->y + height <= PAPER_HEIGHT - PAPER_EDGE - FOOT_HEIGHT;
}

void
paper_place (Paper *paper, const Block *block, double x)
{
  GString *out = paper->sheets->pdata[paper->sheets->len - 1];

  chart_add (out, "<g transform=\"translate(%s %s)\">", PX (PAPER_EDGE + x), PX (paper->y));
  g_string_append_len (out, block->svg->str, (gssize)block->svg->len);
  g_string_append (out, "</g>\n");
}

void
paper_add (Paper *paper, const Block *block, double gap)
{
  if (!paper_has (paper, block->height) && paper->y > paper->top)
    paper_break (paper);
  paper_place (paper, block, 0);
  paper->y += block->height + gap;
}

static void
add_frame (const Paper *paper, guint sheet, GString *out)
{
  g_autofree char *foot = g_strdup_printf ("%s · %u/%u", paper->foot, sheet + 1, paper->sheets->len);

  if (*paper->banner != '\0') {
    chart_add (out, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"none\" stroke=\"" CHART_INK "\"/>",
               PX (PAPER_EDGE), PX (PAPER_EDGE - 16), PX (PAPER_ROOM), PX (BANNER_HEIGHT));
    chart_add_text (out, "font-size=\"12\" font-weight=\"700\" text-anchor=\"middle\"", PAPER_WIDTH / 2,
                    PAPER_EDGE - 0.5, paper->banner);
  }
  chart_add_text (out, "font-size=\"10\" fill=\"" CHART_MUTED "\" text-anchor=\"end\"", PAPER_WIDTH - PAPER_EDGE,
                  PAPER_HEIGHT - PAPER_EDGE + 8, foot);
}

GPtrArray *
paper_sheets (const Paper *paper, const char *symbols)
{
  GPtrArray *documents = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < paper->sheets->len; i++) {
    g_autoptr (GString) out = g_string_new (NULL);

    chart_add (out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" ",
               PX (PAPER_WIDTH), PX (PAPER_HEIGHT), PX (PAPER_WIDTH), PX (PAPER_HEIGHT));
    chart_add (out, "font-family=\"" CHART_FONTS "\" fill=\"" CHART_INK "\">%s<defs>%s</defs>\n", style, symbols);
    add_frame (paper, i, out);
    g_string_append (out, ((const GString *)paper->sheets->pdata[i])->str);
    g_string_append (out, "</svg>\n");
    g_ptr_array_add (documents, g_string_free (g_steal_pointer (&out), FALSE));
  }
  return documents;
}
