/* include/report/paper_parts.h: what several sections on paper have. */
#pragma once

#include "report/page_parts.h"
#include "report/paper.h"

/* paper_word_colour: a literal. */
const char *paper_word_colour (VerdictWord word);

/* paper_put_word: a verdict's sign and word on the line at @y; returns the width that they take. */
double paper_put_word (Block *block, const Page *page, double x, double y, double size, VerdictWord word);

/* paper_add_heading: @note: below it, or ""; @below: height of what must follow on the same page. */
void paper_add_heading (Paper *paper, const char *text, const char *note, double below);
