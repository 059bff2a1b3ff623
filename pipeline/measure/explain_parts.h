/* pipeline/measure/explain_parts.h: the two kinds of explanation, as explain.c calls them. */
#pragma once

#include "measure/targets.h"

/* A line of comment, and a line of R. */
void explain_say (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);
void explain_run (GString *out, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* explain_end: the comparison of @n figures, R's beside plumbline's; expressions in R. */
typedef struct {
  const char *name;
  const char *expression;
  double value;
} ExplainFigure;
void explain_end (GString *out, const ExplainFigure figures[], guint n);

/* explain_verdict: the word and its reason in both languages. */
void explain_verdict (GString *out, const Catalogue *catalogue, const Verdict *verdict, const char *official_class);

void explain_sample (GString *out, const Measurement *m, const Sample *sample, guint area, const JudgeTarget *target,
                     const JudgeDetail *detail);
void explain_exact (GString *out, const Measurement *m, const Aggregate *a, const Target *target, guint area);
