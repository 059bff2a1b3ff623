/* include/measure/reason.h: why a verdict is what it is: a sentence of text.csv and the numbers that stand in it. */
#pragma once

#include "domain/catalogue.h"

typedef enum {
  FIGURE_PERCENT,     /* 62.1% */
  FIGURE_EXACT,       /* a percentage as the plan writes it: 54%, 99.5% */
  FIGURE_POINTS,      /* 1.8 */
  FIGURE_PROBABILITY, /* from 0 to 1: 6%, <1%, >99% */
  FIGURE_COUNT,       /* 1,234 */
  FIGURE_TEXT
} FigureKind;

typedef struct {
  const char *name; /* as in the sentence, without braces */
  FigureKind kind;
  guint decimals; /* of percent and points; 0: one */
  double value;
  const char *text; /* FIGURE_TEXT: outlives the reason */
} ReasonFigure;

#define REASON_MAX_FIGURES 20
#define REASON_MAX_NOTES 2
typedef struct {
  const char *key;                    /* verdict.reason.… */
  const char *note[REASON_MAX_NOTES]; /* keys of sentences that follow, NULL: none */
  guint n_figures;
  ReasonFigure figure[REASON_MAX_FIGURES];
} Reason;

/* reason_fill: @sentence with its {names} filled; one without a figure is a bug and aborts. Free the result. */
char *reason_fill (const Reason *reason, const char *sentence);

/* reason_in: sentence and notes from the catalogue, "zh" or "en". Free the result. */
char *reason_in (const Reason *reason, const Catalogue *catalogue, const char *language);

/* reason_standard: one sentence of the standard catalogue, which the build embedded; a missing key aborts. */
const char *reason_standard (const char *language, const char *key);

/* reason_built_in: the same from the sentences that the build embedded (the standard catalogue's), for fit. */
char *reason_built_in (const Reason *reason, const char *language);
