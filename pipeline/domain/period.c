#include "domain/period.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1990
#define FIRST_YEAR_OF_DAYS 1800 /* a register has the days on which its schools were founded */
#define LAST_YEAR 2100
#define REPUBLIC_OFFSET 1911

static gboolean
set_days (Period *p, PeriodKind kind, int year, int month, int day)
{
  int first_year = kind == PERIOD_DAY ? FIRST_YEAR_OF_DAYS : FIRST_YEAR;

  g_date_clear (&p->first, 1);
  g_date_clear (&p->last, 1);
  if (year < first_year || year > LAST_YEAR || !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year))
    return FALSE;
  p->kind = kind;
  g_date_set_dmy (&p->first, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  p->last = p->first;
  return TRUE;
}

static gboolean
set_span (Period *p, PeriodKind kind, int year, int first_month, int last_month)
{
  if (!set_days (p, kind, year, first_month, 1))
    return FALSE;
  g_date_set_dmy (&p->last, g_date_get_days_in_month ((GDateMonth)last_month, (GDateYear)year), (GDateMonth)last_month,
                  (GDateYear)year);
  return TRUE;
}

/* @n digits at @text as a number, -1 when one of them is none. */
static int
digits (const char *text, int n)
{
  int value = 0;

  for (int i = 0; i < n; i++) {
    if (!g_ascii_isdigit (text[i]))
      return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

gboolean
period_parse (const char *text, Period *out)
{
  gsize length = strlen (text);
  Period p = { 0 };
  int year = length >= 4 ? digits (text, 4) : -1;
  gboolean ok = FALSE;

  if (year < 0)
    return FALSE;
  if (length == 4)
    ok = set_span (&p, PERIOD_YEAR, year, 1, 12);
  else if (strcmp (text + 4, "-spring") == 0)
    ok = set_span (&p, PERIOD_TERM, year, 2, 7);
  else if (strcmp (text + 4, "-autumn") == 0)
    ok = set_span (&p, PERIOD_TERM, year, 8, 12);
  else if (length == 7 && text[4] == '-') {
    int month = digits (text + 5, 2);

    ok = month >= 1 && month <= 12 && set_span (&p, PERIOD_MONTH, year, month, month);
  } else if (length == 10 && text[4] == '-' && text[7] == '-')
    ok = digits (text + 5, 2) > 0 && digits (text + 8, 2) > 0
         && set_days (&p, PERIOD_DAY, year, digits (text + 5, 2), digits (text + 8, 2));
  if (ok)
    *out = p;
  return ok;
}

typedef enum { FORM_SCHOOL_YEAR, FORM_TERM, FORM_TERM_ENGLISH, FORM_DAY, FORM_MONTH, FORM_YEAR } FormKind;

/* Named groups: y year, z the year in which a school year ends, r year of the Republic, t term, m month, d day. A form
   without @inside is too weak a sign inside a sentence: 210102 there is a district, not a month. */
typedef struct {
  FormKind kind;
  gboolean inside;
  const char *pattern;
} Form;

#define YEAR "(?<![0-9])(?<y>[0-9]{4})"
#define REPUBLIC "(?<![0-9])(?<r>[0-9]{2,3})"
#define DASH " ?(?:-|–|—|~|～|/|至) ?"
#define SCHOOL_YEAR " ?[学學]年(?:度)?"
#define HALF "(?<t>第? ?[一二12] ?[学學]期|[上下][学學]期|[春秋](?:季)?(?:[学學]期)?)"

/* The most telling form first; of two that begin at the same place the earlier one counts. */
static const Form forms[] = {
  { FORM_SCHOOL_YEAR, TRUE, YEAR DASH "(?<z>[0-9]{4})" SCHOOL_YEAR " ?,?(?: ?" HALF ")?" },
  { FORM_SCHOOL_YEAR, FALSE, "(?<y>[0-9]{4})-(?<z>[0-9]{4})-(?<t>[12])" },
  { FORM_SCHOOL_YEAR, TRUE, YEAR SCHOOL_YEAR "(?: ?" HALF ")?" },
  { FORM_SCHOOL_YEAR, TRUE, REPUBLIC SCHOOL_YEAR "(?: ?" HALF ")?" },
  { FORM_TERM, TRUE, YEAR " ?年? ?(?<t>[春秋])(?:季)?(?: ?[学學]期)?" },
  { FORM_TERM_ENGLISH, TRUE, YEAR "[ -]?(?<t>spring|autumn|fall)(?![a-z])" },
  { FORM_TERM_ENGLISH, TRUE, "(?<![a-z])(?<t>spring|autumn|fall),? (?:term,? )?" YEAR "(?![0-9])" },
  { FORM_DAY, TRUE, YEAR " ?年 ?(?<m>[0-9]{1,2}) ?月 ?(?<d>[0-9]{1,2}) ?日" },
  { FORM_DAY, TRUE, YEAR "(?<s>[-/.])(?<m>[0-9]{1,2})\\k<s>(?<d>[0-9]{1,2})(?![0-9])(?: 0{1,2}:00(?::00)?)?" },
  { FORM_DAY, FALSE, "(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})" },
  { FORM_MONTH, TRUE, YEAR " ?年 ?(?<m>[0-9]{1,2}) ?月(?:份)?" },
  { FORM_MONTH, TRUE, YEAR "[-/.](?<m>[0-9]{1,2})(?![-/.]?[0-9])" },
  { FORM_MONTH, FALSE, "(?<y>[0-9]{4})(?<m>[0-9]{2})" },
  { FORM_YEAR, TRUE, "民[国國] ?(?<r>[0-9]{2,3}) ?年(?:度)?" },
  { FORM_YEAR, TRUE, YEAR " ?年(?:度)?" },
  { FORM_YEAR, FALSE, "(?<y>[0-9]{4})" },
};

static int
group_number (const GMatchInfo *match, const char *name)
{
  g_autofree char *text = g_match_info_fetch_named (match, name);

  return text == NULL || *text == '\0' ? -1 : atoi (text);
}

static gboolean
is_second_term (const char *term)
{
  static const char *const marks[] = { "二", "2", "下", "春" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strstr (term, marks[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* The school year 2021-2022 begins in autumn 2021; its second term is spring 2022. Without a term its first year stands
   for the whole, as in the yearbooks. */
static char *
school_year (const GMatchInfo *match, int year)
{
  g_autofree char *term = g_match_info_fetch_named (match, "t");
  int end = group_number (match, "z");

  if (end >= 0 && end != year + 1)
    return NULL;
  if (term == NULL || *term == '\0')
    return g_strdup_printf ("%04d", year);
  return is_second_term (term) ? g_strdup_printf ("%04d-spring", year + 1) : g_strdup_printf ("%04d-autumn", year);
}

static char *
canonical (const Form *form, const GMatchInfo *match)
{
  g_autofree char *term = g_match_info_fetch_named (match, "t");
  int year = group_number (match, "y");

  if (year < 0)
    year = group_number (match, "r") + REPUBLIC_OFFSET;
  switch (form->kind) {
  case FORM_SCHOOL_YEAR:
    return school_year (match, year);
  case FORM_TERM:
    return g_strdup_printf ("%04d-%s", year, is_second_term (term) ? "spring" : "autumn");
  case FORM_TERM_ENGLISH:
    return g_strdup_printf ("%04d-%s", year, g_ascii_strcasecmp (term, "spring") == 0 ? "spring" : "autumn");
  case FORM_DAY:
    return g_strdup_printf ("%04d-%02d-%02d", year, group_number (match, "m"), group_number (match, "d"));
  case FORM_MONTH:
    return g_strdup_printf ("%04d-%02d", year, group_number (match, "m"));
  default:
    return g_strdup_printf ("%04d", year);
  }
}

static GRegex *
form_regex (gsize i, gboolean within)
{
  static GRegex *compiled[2][G_N_ELEMENTS (forms)];
  g_autofree char *whole = NULL;

  if (compiled[within][i] == NULL) {
    whole = within ? g_strdup (forms[i].pattern) : g_strdup_printf ("^(?:%s)$", forms[i].pattern);
    compiled[within][i] = g_regex_new (whole, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0, NULL);
    g_assert (compiled[within][i] != NULL);
  }
  return compiled[within][i];
}

/* The first place at which form @i stands for a real period of a kind in @kinds. */
static char *
match_form (gsize i, const char *text, guint kinds, gboolean within, int *start)
{
  g_autoptr (GMatchInfo) match = NULL;

  g_regex_match (form_regex (i, within), text, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *found = canonical (&forms[i], match);
    Period period;

    if (found == NULL || !period_parse (found, &period) || !(kinds & PERIOD_MASK (period.kind)))
      continue;
    g_match_info_fetch_pos (match, 0, start, NULL);
    return g_steal_pointer (&found);
  }
  return NULL;
}

char *
period_find (const char *text, guint kinds, gboolean within)
{
  g_autofree char *plain = text_normalise (text);
  g_autofree char *best = NULL;
  int best_start = G_MAXINT;

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++) {
    int start = 0;
    g_autofree char *found = within && !forms[i].inside ? NULL : match_form (i, plain, kinds, within, &start);

    if (found != NULL && start < best_start) {
      g_free (best);
      best = g_steal_pointer (&found);
      best_start = start;
    }
  }
  return g_steal_pointer (&best);
}

char *
period_recognise (const char *text, gboolean within)
{
  return period_find (text, PERIOD_ANY, within);
}

double
period_time (const Period *period)
{
  int year = g_date_get_year (&period->first);
  int month = (int)g_date_get_month (&period->first);

  switch (period->kind) {
  case PERIOD_YEAR:
    return year;
  case PERIOD_TERM:
    return year + (month == 2 ? 0.25 : 0.75);
  case PERIOD_MONTH:
    return year + (month - 0.5) / 12;
  default:
    return year
           + (g_date_get_day_of_year (&period->first) - 1) / (g_date_is_leap_year ((GDateYear)year) ? 366.0 : 365.0);
  }
}

double
period_time_of (const char *name)
{
  Period parsed;

  return period_parse (name, &parsed) ? period_time (&parsed) : (double)NAN;
}
