/* A board filled by hand over the standard catalogue, for tests of what mail and page say. */
#pragma once

#include "report/standing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static inline Catalogue *
standard_catalogue (void)
{
  g_autoptr (GError) error = NULL;
  Catalogue *catalogue = catalogue_read ("seeds", &error);

  if (catalogue == NULL)
    fail_msg ("%s", error->message);
  return catalogue;
}

static inline const Target *
target_named (const Catalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->targets->len; i++)
    if (strcmp (((const Target *)catalogue->targets->pdata[i])->target, name) == 0)
      return catalogue->targets->pdata[i];
  fail_msg ("no target %s", name);
  return NULL;
}

static inline const Area *
area_coded (const Board *board, const char *code)
{
  for (guint i = 0; i < board->areas->len; i++)
    if (strcmp (((const Area *)board->areas->pdata[i])->area_code, code) == 0)
      return board->areas->pdata[i];
  fail_msg ("no area %s", code);
  return NULL;
}

/* stand: a standing on full data of spring 2022, without an alert; change what the test is about. */
static inline Standing *
stand (Board *board, const char *target, const char *area, VerdictWord word, double value, double path, double goal)
{
  Standing *s = g_new0 (Standing, 1);

  s->target = target_named (board->catalogue, target);
  s->indicator = catalogue_indicator (board->catalogue, s->target->indicator);
  s->area = area_coded (board, area);
  s->word = word;
  s->as_of = g_strdup ("2022-07-31");
  s->period = g_strdup ("2022-spring");
  s->deadline = g_strdup ("2022-12-31");
  s->value_now = value;
  s->path_now = path;
  s->target_value = goal;
  s->baseline_value = path;
  s->deviation = s->target->good_is_up ? path - value : value - path;
  s->low95 = value - 1.25;
  s->high95 = value + 1.25;
  s->projected = value + 0.5;
  s->projected_low95 = value - 1;
  s->projected_high95 = value + 2;
  s->q_value = 0.01;
  s->probability_met = 0.03;
  s->fires = word == VERDICT_OFF_TRACK || word == VERDICT_WORSENING;
  s->complete = TRUE;
  s->schools_reporting = 44;
  s->schools_expected = 45;
  s->reason = g_strdup ("理由");
  s->reason_en = g_strdup ("the reason");
  s->since = g_strdup ("");
  s->fingerprint = g_strdup ("");
  s->told = g_strdup ("");
  board_add (board, s);
  return s;
}
