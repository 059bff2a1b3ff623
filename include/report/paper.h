/* include/report/paper.h: A4 pages, landscape, as SVG documents, filled from top to bottom. */
#pragma once

#include <glib.h>

/* CSS pixels, 96 an inch. */
#define PAPER_WIDTH 1122.52
#define PAPER_HEIGHT 793.70
#define PAPER_EDGE 44.0
#define PAPER_ROOM (PAPER_WIDTH - 2 * PAPER_EDGE)

typedef struct {
  double size;
  const char *colour;
  gboolean bold;
} Ink;

/* A piece of a page, drawn from (0, 0) down. */
typedef struct {
  GString *svg;
  double height;
} Block;

Block *block_new (void);
void block_free (Block *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Block, block_free)

/* block_text: below what is there, as many lines as @width asks for. */
void block_text (Block *block, const Ink *ink, double x, double width, const char *text);
/* block_put: one line at (@x, @y), baseline; the height stays. */
void block_put (Block *block, const Ink *ink, double x, double y, const char *text);
/* block_put_end: the same, ending at @x. */
void block_put_end (Block *block, const Ink *ink, double x, double y, const char *text);
/* block_picture: @svg, an element of @width x @height, scaled to the width @shown. */
void block_picture (Block *block, double x, double y, double shown, double width, double height, const char *svg);
/* block_rule: a line across @width at the present height. */
void block_rule (Block *block, double width, double thickness, const char *colour);

/* paper_text_width: an upper estimate. */
double paper_text_width (const Ink *ink, const char *text);
/* paper_wrap: @text in lines of at most @width pixels, by the rules of Chinese and of English; char* */
GPtrArray *paper_wrap (const Ink *ink, double width, const char *text);

typedef struct {
  GPtrArray *sheets; /* GString: pages without their frame; the last is being written */
  double y;          /* where the next block goes */
  double top;
  char *banner; /* across every page; "" for none */
  char *foot;
} Paper;

Paper *paper_new (const char *banner, const char *foot);
void paper_free (Paper *paper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paper, paper_free)

void paper_break (Paper *paper);
/* paper_has: whether @height is left on the page. */
gboolean paper_has (const Paper *paper, double height);
/* paper_place: @block at @x from the edge; the next block may stand beside it. */
void paper_place (Paper *paper, const Block *block, double x);
/* paper_add: @block across the page, on the next page where it does not fit, and @gap below it. */
void paper_add (Paper *paper, const Block *block, double gap);

/* paper_sheets: whole SVG documents, numbered at their feet; @symbols are definitions that they all refer to. char* */
GPtrArray *paper_sheets (const Paper *paper, const char *symbols);
