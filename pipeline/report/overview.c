#include "report/overview.h"

#include <math.h>
#include <string.h>

#define MAX_NAMED 6 /* districts that the headline names all; of more it names the first */
#define FIRST_NAMED 3

/* Most urgent standing first: the order in which an official would call the districts. */
static int
compare_areas (gconstpointer pa, gconstpointer pb, gpointer board)
{
  const Area *a = *(const Area *const *)pa;
  const Area *b = *(const Area *const *)pb;
  g_autoptr (GPtrArray) of_a = board_of_area (board, a);
  g_autoptr (GPtrArray) of_b = board_of_area (board, b);

  return standing_compare (of_a->pdata, of_b->pdata);
}

GPtrArray *
overview_areas (const Board *board)
{
  GPtrArray *areas = g_ptr_array_new ();

  for (guint i = 0; i < board->areas->len; i++) {
    const Area *area = board->areas->pdata[i];

    if (area->level == AREA_DISTRICT && board_count_off (board, area, TRUE) > 0)
      g_ptr_array_add (areas, board->areas->pdata[i]);
  }
  g_ptr_array_sort_with_data (areas, compare_areas, (gpointer)(guintptr)board);
  return areas;
}

char *
overview_headline (const Page *page, const GPtrArray *areas)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *number = g_strdup_printf ("%u", areas->len);
  g_autofree char *list = NULL;
  const char *key = areas->len == 0          ? "page.headline.none"
                    : areas->len > MAX_NAMED ? "page.headline.many"
                                             : "page.headline.few";

  if (page->board->standings->len == 0)
    key = "page.headline.empty";
  for (guint i = 0; i < areas->len && i < (areas->len > MAX_NAMED ? FIRST_NAMED : MAX_NAMED); i++)
    g_ptr_array_add (names, (gpointer)(guintptr)phrase_place (&page->voice, areas->pdata[i]));
  list = phrase_list (&page->voice, names);
  return format_fill (phrase (&page->voice, key), "n", number, "areas", list, NULL);
}

/* Of a target that is off for the whole city, districts say the same once more; unless one moves the wrong way. */
static gboolean
said_by_city (const Page *page, const Standing *s)
{
  const Area *city = board_city (page->board);
  const Standing *whole = city != NULL ? board_standing (page->board, s->target, city->area_code) : NULL;

  return whole != NULL && whole != s && s->word != VERDICT_WORSENING && standing_is_off (whole);
}

/* Districts that are off as the city is, the furthest first: 于洪区+2.6. */
static GPtrArray *
following (const Page *page, const Standing *whole)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; standing_is_city (whole) && i < page->board->standings->len; i++) {
    Standing *s = page->board->standings->pdata[i];

    if (s->target == whole->target && s != whole && standing_is_off (s)
        && !standing_is_narrow (page->board->catalogue, s))
      g_ptr_array_add (found, s);
  }
  g_ptr_array_sort (found, standing_compare);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (names, phrase_place_value (&page->voice, "mail.area.value", found->pdata[i]));
  return names;
}

gboolean
overview_is_matter (const Page *page, const Standing *s)
{
  return standing_is_off (s) && standing_unit (s) == UNIT_PERCENT && !standing_is_narrow (page->board->catalogue, s)
         && !said_by_city (page, s);
}

char *
overview_matter (const Page *page, const Standing *s)
{
  g_autofree char *line = phrase_line (&page->voice, s);
  g_autoptr (GPtrArray) others = following (page, s);
  g_autofree char *list = phrase_list (&page->voice, others);
  g_autofree char *more = format_fill (phrase (&page->voice, "page.matter.also"), "areas", list, NULL);

  return g_strconcat (line, others->len > 0 ? more : "", NULL);
}

char *
overview_counts_behind (const Page *page, const GPtrArray *standings)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *number = NULL;
  g_autofree char *list = NULL;

  for (guint i = 0; i < standings->len; i++) {
    const Standing *s = standings->pdata[i];

    if (standing_is_off (s) && standing_unit (s) == UNIT_COUNT)
      g_ptr_array_add (names, g_strdup (phrase_column (&page->voice, s->target)));
  }
  if (names->len == 0)
    return NULL;
  number = g_strdup_printf ("%u", names->len);
  list = phrase_list (&page->voice, names);
  return format_fill (phrase (&page->voice, "page.matter.counts"), "n", number, "list", list, NULL);
}

static void
untold_free (gpointer data)
{
  g_ptr_array_unref (((Untold *)data)->targets);
  g_ptr_array_unref (((Untold *)data)->areas);
  g_free (data);
}

static Untold *
untold_new (const char *reason, const char *target)
{
  Untold *untold = g_new0 (Untold, 1);

  untold->reason = reason;
  untold->targets = g_ptr_array_new ();
  untold->areas = g_ptr_array_new ();
  g_ptr_array_add (untold->targets, (gpointer)(guintptr)target);
  return untold;
}

static gboolean
same_areas (const Untold *a, const Untold *b)
{
  if (a->areas->len != b->areas->len || strcmp (a->reason, b->reason) != 0)
    return FALSE;
  for (guint i = 0; i < a->areas->len; i++)
    if (a->areas->pdata[i] != b->areas->pdata[i])
      return FALSE;
  return TRUE;
}

/* One target's untold areas, by reason. */
static void
gather_untold (const Page *page, const Target *target, GPtrArray *groups)
{
  const char *name = phrase_column (&page->voice, target);
  guint first = groups->len;

  for (guint a = 0; a < page->board->areas->len; a++) {
    const Area *area = page->board->areas->pdata[a];
    const Standing *s = board_standing (page->board, target, area->area_code);
    Untold *found = NULL;

    if (s == NULL || s->word != VERDICT_CANNOT_TELL)
      continue;
    for (guint i = first; i < groups->len && found == NULL; i++)
      if (strcmp (((Untold *)groups->pdata[i])->reason, phrase_reason (&page->voice, s)) == 0)
        found = groups->pdata[i];
    if (found == NULL)
      g_ptr_array_add (groups, found = untold_new (phrase_reason (&page->voice, s), name));
    g_ptr_array_add (found->areas, page->board->areas->pdata[a]);
  }
}

GPtrArray *
overview_untold (const Page *page)
{
  const GPtrArray *targets = page->board->catalogue->targets;
  GPtrArray *groups = g_ptr_array_new_with_free_func (untold_free);

  for (guint t = 0; t < targets->len; t++)
    gather_untold (page, targets->pdata[t], groups);
  for (guint i = 0; i < groups->len; i++)
    for (guint j = groups->len - 1; j > i; j--) {
      Untold *kept = groups->pdata[i];
      Untold *other = groups->pdata[j];

      if (!same_areas (kept, other))
        continue;
      g_ptr_array_insert (kept->targets, 1, other->targets->pdata[0]);
      g_ptr_array_remove_index (groups, j);
    }
  return groups;
}

/* What the plan asks, as short as a column's head needs it. */
char *
overview_goal (const Page *page, const Target *target)
{
  g_autofree char *value = format_decimal (fabs (target->value), target->kind == TARGET_CHANGE ? 1 : 0);
  const char *sign = target->good_is_up ? "≥" : "≤";

  switch (target->kind) {
  case TARGET_CHANGE:
    return format_fill (phrase (&page->voice, target->value < 0 ? "page.goal.fall" : "page.goal.rise"), "value", value,
                        NULL);
  case TARGET_GROWTH_CUT:
    return format_fill (phrase (&page->voice, "page.goal.cut"), "value", value, NULL);
  case TARGET_FLOOR:
    return format_fill (phrase (&page->voice, "page.goal.floor"), "sign", sign, "value", value, NULL);
  case TARGET_LEVEL:
  case TARGET_COUNT:
    break;
  }
  return g_strconcat (sign, value, target->kind == TARGET_LEVEL ? "%" : "", NULL);
}
