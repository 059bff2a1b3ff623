#include "extract/reject.h"

#include "extract/header.h"
#include "extract/message.h"

#include <string.h>

static void
reject_free (gpointer data)
{
  Reject *r = data;

  g_free (r->column_name);
  g_free (r->header);
  g_free (r->value);
  g_free (r->school_code);
  g_free (r->district_code);
  g_free (r->message);
  g_free (r->message_en);
  g_free (r);
}

/* A group's first reject is its own copy: the list may be full when the group begins. */
static void
group_free (gpointer data)
{
  RejectGroup *group = data;

  reject_free (group->first);
  g_free (group);
}

Rejects *
rejects_new (void)
{
  Rejects *rejects = g_new0 (Rejects, 1);

  rejects->kept = g_ptr_array_new_with_free_func (reject_free);
  rejects->groups = g_ptr_array_new_with_free_func (group_free);
  return rejects;
}

void
rejects_free (Rejects *rejects)
{
  if (rejects == NULL)
    return;
  g_ptr_array_unref (rejects->kept);
  g_ptr_array_unref (rejects->groups);
  g_free (rejects);
}

static const char *
column_title (const Feed *feed, const Fault *fault, gboolean english)
{
  const FeedColumn *column = NULL;

  if (fault->header != NULL && *fault->header != '\0')
    return fault->header;
  if (feed != NULL && fault->column_name != NULL)
    column = feed_column (feed, fault->column_name);
  if (column != NULL)
    return english ? column->name_en : column->name;
  return fault->column_name;
}

static char *
sentence (const Rule *rule, const char *file, const Feed *feed, const Fault *fault, gboolean english)
{
  const char *text = english ? rule->text_en : rule->text_zh, *advice = english ? rule->advice_en : rule->advice_zh;
  g_autofree char *template = g_strconcat (text, *advice != '\0' && english ? " " : "", advice, NULL);
  g_autofree char *line = g_strdup_printf ("%u", fault->line), *row = g_strdup_printf ("%u", fault->row);
  g_autofree char *letter = column_letter (fault->column_no);

  return g_strchomp (message_fill (template, "file", file, "line", line, "row", row, "letter", letter, "column",
                                   column_title (feed, fault, english), "value", fault->value, "limit", fault->limit,
                                   "near", english ? fault->near.en : fault->near.zh, "feed",
                                   feed == NULL ? NULL
                                   : english    ? feed->name_en
                                                : feed->name,
                                   "found", english ? fault->found.en : fault->found.zh, "expected",
                                   english ? fault->expected.en : fault->expected.zh, NULL));
}

static Reject *
reject_new (const Rule *rule, const char *file, const Feed *feed, const RejectPlace *place, const Fault *fault)
{
  Reject *r = g_new0 (Reject, 1);

  r->rule = rule;
  r->line = fault->line;
  r->row = fault->row;
  r->column_no = fault->column_no;
  r->column_name = g_strdup (fault->column_name);
  r->header = g_strdup (fault->header);
  r->value = g_strdup (fault->value);
  r->school_code = g_strdup (place != NULL && place->school_code != NULL ? place->school_code : "");
  r->district_code = g_strdup (place != NULL && place->district_code != NULL ? place->district_code : "");
  r->year = place != NULL ? place->year : 0;
  r->message = sentence (rule, file, feed, fault, FALSE);
  r->message_en = sentence (rule, file, feed, fault, TRUE);
  return r;
}

static RejectGroup *
find_group (Rejects *rejects, const Rule *rule, guint column_no)
{
  for (guint i = 0; i < rejects->groups->len; i++) {
    RejectGroup *group = rejects->groups->pdata[i];

    if (strcmp (group->rule->rule, rule->rule) == 0 && group->column_no == column_no)
      return group;
  }
  return NULL;
}

void
rejects_add (Rejects *rejects, const Rule *rule, const char *file, const Feed *feed, const RejectPlace *place,
             Fault *fault)
{
  RejectGroup *group = find_group (rejects, rule, fault->column_no);

  if (rule->severity == SEVERITY_REFUSE)
    rejects->refused++;
  else
    rejects->confirm++;
  if (group == NULL) {
    group = g_new0 (RejectGroup, 1);
    group->rule = rule;
    group->column_no = fault->column_no;
    group->first_row = fault->row;
    group->first = reject_new (rule, file, feed, place, fault);
    g_ptr_array_add (rejects->groups, group);
  }
  group->count++;
  group->first_row = MIN (group->first_row, fault->row);
  group->last_row = MAX (group->last_row, fault->row);
  if (rejects->kept->len < REJECTS_KEPT)
    g_ptr_array_add (rejects->kept, reject_new (rule, file, feed, place, fault));
  fault_clear (fault);
}

const char *
reject_text (const Reject *reject, const char *language)
{
  return strcmp (language, "en") == 0 ? reject->message_en : reject->message;
}
