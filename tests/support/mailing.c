#include "mailing.h"

#include "sql.h"

gboolean
mailing_begin (Mailing *m)
{
  if (site_program () == NULL)
    return FALSE;
  m->site = site_new ();
  site_expect (m->site, MAILING_ALERT, 0, "");
  m->db = site_connect (m->site);
  m->rude = postbox_new (POSTBOX_RUDE);
  return TRUE;
}

void
mailing_end (Mailing *m)
{
  postbox_free (m->rude);
  db_close (m->db);
  site_free (m->site);
}

void
mailing_start_anew (const Mailing *m)
{
  run_sql (m->db, "delete from plumbline.outbox where recipient = 'somebody'");
  postbox_empty (m->rude);
  postbox_order (m->rude, "ok");
}

char *
mailing_row_sql (const char *address, const char *expression)
{
  return g_strdup_printf ("select %s from plumbline.outbox where address = '%s'", expression, address);
}

void
mailing_expect (const Mailing *m, const char *address, const char *expression, const char *expected)
{
  g_autofree char *sql = mailing_row_sql (address, expression);

  assert_sql (m->db, sql, expected);
}
