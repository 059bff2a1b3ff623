#include "report/paper_parts.h"

#include "report/chart_canvas.h"

#define SIGN 10.0 /* pixels of a verdict's sign, and what stands between it and the word */
#define SIGN_GAP 4.0

static const Ink heading = { 15, CHART_INK, TRUE };
static const Ink small = { 10.5, CHART_MUTED, FALSE };

const char *
paper_word_colour (VerdictWord word)
{
  switch (word) {
  case VERDICT_OFF_TRACK:
  case VERDICT_WORSENING:
    return chart_tone_colour (CHART_TONE_BAD);
  case VERDICT_UNCERTAIN:
    return chart_tone_colour (CHART_TONE_DOUBT);
  case VERDICT_ON_TRACK:
  case VERDICT_MET:
    return chart_tone_colour (CHART_TONE_GOOD);
  case VERDICT_CANNOT_TELL:
  default:
    return CHART_MUTED;
  }
}

double
paper_put_word (Block *block, const Page *page, double x, double y, double size, VerdictWord word)
{
  const Ink ink = { size, paper_word_colour (word), TRUE };
  const char *text = phrase_word (&page->voice, word);

  chart_add (block->svg, "<use href=\"#s-%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" color=\"%s\"/>",
             verdict_name (word), PX (x), PX (y - SIGN + 1), PX (SIGN), PX (SIGN), ink.colour);
  block_put (block, &ink, x + SIGN + SIGN_GAP, y, text);
  return SIGN + SIGN_GAP + paper_text_width (&ink, text);
}

void
paper_add_heading (Paper *paper, const char *text, const char *note, double below)
{
  g_autoptr (Block) block = block_new ();

  block_rule (block, PAPER_ROOM, 1.6, CHART_INK);
  block->height += 5;
  block_text (block, &heading, 0, PAPER_ROOM, text);
  if (*note != '\0')
    block_text (block, &small, 0, PAPER_ROOM, note);
  /* No heading stands alone at the foot of a page. */
  if (!paper_has (paper, block->height + below))
    paper_break (paper);
  paper_add (paper, block, 8);
}
