#include "doctor.h"

#include "base/error.h"
#include "base/text.h"
#include "doctor_parts.h"
#include "domain/format.h"
#include "measure/reason.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  FindingState state;
  const char *check;
  char *found;
  char *remedy;
} Finding;

static const char *const state_names[] = { "ok", "advice", "failure" };

/* Later ones need what earlier ones found. */
static void (*const checks[]) (Doctor *d) = {
  doctor_configuration, doctor_state,     doctor_disk,  doctor_database, doctor_tools, doctor_schema, doctor_rights,
  doctor_clock,         doctor_catalogue, doctor_fonts, doctor_mail,     doctor_inbox, doctor_night,
};

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  g_free (finding->found);
  g_free (finding->remedy);
  g_free (finding);
}

static void
doctor_clear (Doctor *d)
{
  catalogue_free (d->catalogue);
  db_close (d->db);
  g_ptr_array_unref (d->findings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Doctor, doctor_clear)

const char *
doctor_sentence (const Doctor *d, const char *key)
{
  g_autofree char *whole = g_strconcat ("doctor.", key, NULL);

  return reason_standard (d->options->language, whole);
}

void
doctor_note (Doctor *d, FindingState state, const char *check, char *found, char *remedy)
{
  Finding *finding = g_new (Finding, 1);

  *finding = (Finding){ state, check, found, remedy };
  g_ptr_array_add (d->findings, finding);
}

static void
print_plain (const Doctor *d)
{
  for (guint i = 0; i < d->findings->len; i++) {
    const Finding *f = d->findings->pdata[i];
    g_autofree char *state = g_strconcat ("state_", state_names[f->state], NULL);
    g_autofree char *check = g_strconcat ("check_", f->check, NULL), *line = NULL;

    if (d->options->quiet && f->state == FINDING_OK)
      continue;
    line = DOCTOR_FILL (d, "line", "state", doctor_sentence (d, state), "check", doctor_sentence (d, check), "found",
                        f->found);
    puts (line);
    if (f->remedy != NULL)
      printf ("      → %s\n", f->remedy);
  }
}

static void
print_text (const char *name, const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, ", \"%s\": ", name);
  if (text != NULL)
    text_append_json (out, text);
  else
    g_string_append (out, "null");
  fputs (out->str, stdout);
}

static void
print_json (const Doctor *d)
{
  putchar ('[');
  for (guint i = 0; i < d->findings->len; i++) {
    const Finding *f = d->findings->pdata[i];

    printf ("%s{\"check\": \"%s\", \"state\": \"%s\"", i > 0 ? ",\n " : "", f->check, state_names[f->state]);
    print_text ("found", f->found);
    print_text ("remedy", f->remedy);
    putchar ('}');
  }
  puts ("]");
}

gboolean
doctor_command (const Options *options, Outcome *outcome, GError **error)
{
  g_auto (Doctor) d = { .options = options, .findings = g_ptr_array_new_with_free_func (finding_free) };
  guint failures = 0;

  (void)outcome;
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    checks[i](&d);
  for (guint i = 0; i < d.findings->len; i++)
    failures += ((const Finding *)d.findings->pdata[i])->state == FINDING_FAILURE;
  if (options->json)
    print_json (&d);
  else
    print_plain (&d);
  fflush (stdout);
  if (failures == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, d.unreachable ? PLUMB_ERROR_DATABASE : PLUMB_ERROR_CONFIG, "%u of %u checks failed",
               failures, d.findings->len);
  return FALSE;
}
