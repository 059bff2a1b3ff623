/* Who is told what of a night, and under which heading. */
#include "board.h"
#include "report/digest.h"
#include "report/quiet.h"

static const Recipient *
recipient_named (const Catalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->recipients->len; i++)
    if (strcmp (((const Recipient *)catalogue->recipients->pdata[i])->recipient, name) == 0)
      return catalogue->recipients->pdata[i];
  fail_msg ("no recipient %s", name);
  return NULL;
}

static Standing *
alerted (Board *board, const char *target, const char *area, AlertState alert, AlertNote note)
{
  Standing *s = stand (board, target, area, VERDICT_OFF_TRACK, 62.1, 60.3, 60);

  s->state = alert;
  s->state_before = ALERT_FIRING;
  s->severity = ALERT_WARNING;
  s->note = note;
  g_free (s->since);
  s->since = g_strdup ("2022-09-05");
  return s;
}

static void
digest_new__reminders__to_whom_they_concern (void **state)
{
  static const struct {
    AlertNote note;
    Escalation before, after;
    gboolean district, head, city;
  } cases[] = {
    { NOTE_NONE, ESCALATED_NOBODY, ESCALATED_NOBODY, FALSE, FALSE, FALSE },
    { NOTE_REMINDED, ESCALATED_NOBODY, ESCALATED_NOBODY, TRUE, FALSE, FALSE },
    { NOTE_REMINDED, ESCALATED_HEAD, ESCALATED_HEAD, TRUE, FALSE, FALSE },
    { NOTE_ESCALATED, ESCALATED_NOBODY, ESCALATED_HEAD, TRUE, TRUE, FALSE },
    { NOTE_ESCALATED, ESCALATED_HEAD, ESCALATED_CITY, TRUE, FALSE, TRUE },
    { NOTE_NEW, ESCALATED_NOBODY, ESCALATED_NOBODY, TRUE, FALSE, TRUE },
    { NOTE_WORSENED, ESCALATED_HEAD, ESCALATED_HEAD, TRUE, TRUE, TRUE },
  };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Board) board = board_new (catalogue);
    Standing *s = alerted (board, "myopia_change", "210103", ALERT_FIRING, cases[i].note);
    const struct {
      const char *name;
      gboolean told;
    } readers[] = {
      { "shenhe", cases[i].district }, { "shenhe_head", cases[i].head }, { "city", cases[i].city }, { "heping", FALSE }
    };

    s->escalated_before = cases[i].before;
    s->escalated = cases[i].after;
    for (guint r = 0; r < G_N_ELEMENTS (readers); r++) {
      g_autoptr (Digest) d = digest_new (board, recipient_named (catalogue, readers[r].name), "2022-09-26", "/report");

      if ((d != NULL) != readers[r].told)
        fail_msg ("case %u: %s is %stold", i, readers[r].name, d != NULL ? "" : "not ");
    }
  }
}

static void
digest_text__reminder__is_told_in_full_with_the_command_to_type (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autofree char *text = NULL;
  g_autofree char *subject = NULL;

  (void)state;
  alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_REMINDED);
  d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
  text = digest_text (d, TRUE);
  subject = digest_subject (d);
  assert_non_null (strstr (text, "已21天未确认"));
  assert_non_null (
      strstr (text, "告知管理员，由其执行 plumbline ack 210103 myopia_change --until 2022-10-26 --comment"));
  assert_non_null (strstr (text, "2022年10月3日前"));
  assert_string_equal (subject, "[警告|提醒1] 沈河区 近视率 62.1% 目标≤60.0%");
}

static void
digest_subject__recovered_beside_a_reminder__what_still_drifts_leads (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autofree char *subject = NULL;

  (void)state;
  alerted (board, "obesity_growth", "210103", ALERT_RESOLVED, NOTE_RECOVERED);
  alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_REMINDED);
  d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
  subject = digest_subject (d);
  assert_string_equal (subject, "[警告|提醒1 恢复1] 沈河区 近视率 62.1% 目标≤60.0%");
}

static void
digest_subject__data_to_be_confirmed__said_beside_the_figure (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autofree char *subject = NULL;
  Standing *s = NULL;

  (void)state;
  s = alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_REMINDED);
  s->complete = FALSE;
  s->schools_reporting = s->schools_expected = 45;
  d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
  subject = digest_subject (d);
  assert_string_equal (subject, "[警告|提醒1] 沈河区 近视率 62.1%（待核实） 目标≤60.0%");
}

/* An alert that waits for its figure to be certain asks for that; before, it asked for measures that nobody needs. */
static void
digest_facts__next_step__what_would_end_the_alert (void **state)
{
  static const struct {
    double value; /* the path is at 60.3 */
    gboolean complete;
    guint reporting; /* of 45 */
    const char *step;
  } cases[] = {
    { 62.1, TRUE, 45, "查明哪些学校和年级上升最多" },
    { 62.1, FALSE, 45, "查明哪些学校和年级上升最多" },
    { 60.2, TRUE, 45, "查明哪些学校和年级上升最多" },
    { 60.2, FALSE, 45, "但有数据待核实：请在2022年10月3日前核实" },
    { 60.2, FALSE, 20, "但上报还不齐：请在2022年10月3日前补齐" },
  };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Board) board = board_new (catalogue);
    Standing *s = alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_REMINDED);
    g_autoptr (Digest) d = NULL;
    g_autofree char *text = NULL;

    s->value_now = cases[i].value;
    s->deviation = s->value_now - s->path_now;
    s->complete = cases[i].complete;
    s->schools_reporting = cases[i].reporting;
    s->schools_expected = 45;
    d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
    text = digest_text (d, TRUE);
    if (strstr (text, cases[i].step) == NULL)
      fail_msg ("case %u: %s", i, text);
  }
}

static void
digest_new__behind_without_an_alert__watched_but_no_reason_for_a_mail (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  const Recipient *city = recipient_named (catalogue, "city");
  Standing *near = stand (board, "myopia_change", "210102", VERDICT_UNCERTAIN, 60.04, 60, 60);
  g_autoptr (Digest) none = NULL;
  g_autoptr (Digest) d = NULL;
  g_autofree char *text = NULL;

  (void)state;
  stand (board, "myopia_change", "210104", VERDICT_UNCERTAIN, 60.4, 60.2, 60);
  stand (board, "myopia_change", "210105", VERDICT_ON_TRACK, 59, 60.2, 60);
  none = digest_new (board, city, "2022-09-26", "/report");
  assert_null (none);
  alerted (board, "obesity_growth", "210103", ALERT_FIRING, NOTE_NEW);
  d = digest_new (board, city, "2022-09-26", "/report");
  assert_int_equal (d->sections[SECTION_WATCH]->len, 1);
  text = digest_text (d, TRUE);
  assert_non_null (strstr (text, "近视率：大东区60.4%（应为60.2%）"));
  assert_null (strstr (text, phrase_area (&d->voice, near->area)));
}

static void
digest_lines__recovered_of_one_target__one_line (void **state)
{
  static const char *const areas[] = { "210102", "210104", "210105" };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++)
    alerted (board, "myopia_change", areas[i], ALERT_RESOLVED, NOTE_RECOVERED);
  d = digest_new (board, recipient_named (catalogue, "city"), "2022-09-26", "/report");
  lines = digest_section_lines (d, SECTION_RECOVERED);
  assert_int_equal (lines->len, 1);
  assert_string_equal (lines->pdata[0], "近视率：和平区62.1%、大东区62.1%、皇姑区62.1%（已解除，2022年9月5日）");
}

/* A result with one row, as a server would have answered. */
static PGresult *
row_of (const char *const cells[][2])
{
  PGresult *rows = PQmakeEmptyPGresult (NULL, PGRES_TUPLES_OK);
  PGresAttDesc columns[8] = { 0 };
  int n = 0;

  for (; cells[n][0] != NULL; n++)
    columns[n].name = (char *)(guintptr)cells[n][0];
  assert_true (PQsetResultAttrs (rows, n, columns));
  for (int i = 0; i < n; i++)
    assert_true (PQsetvalue (rows, 0, i, (char *)(guintptr)cells[i][1], (int)strlen (cells[i][1])));
  return rows;
}

#define RLO "\xE2\x80\xAE" /* text after it reads from right to left */

static Evidence *
hostile_evidence (void)
{
  Evidence *e = g_new0 (Evidence, 1);

  e->missing_schools = row_of ((const char *const[][2]){ { "feed", "myopia" },
                                                         { "period", "2022-spring" },
                                                         { "district_code", "210103" },
                                                         { "name", "<img src=x>一中" RLO "\r\n== 新增 ==" },
                                                         { NULL, NULL } });
  e->explanations = row_of ((const char *const[][2]){ { "feed", "myopia" },
                                                      { "period", "2022-spring" },
                                                      { "district_code", "210103" },
                                                      { "actor", "wang" RLO },
                                                      { "comment", "设备更换\n<script>" },
                                                      { "day", "2022-09-01" },
                                                      { NULL, NULL } });
  e->contributions = row_of ((const char *const[][2]){ { "indicator", "myopia" },
                                                       { "area_code", "210103" },
                                                       { "stratum", "P3" },
                                                       { "value_before", "38.2" },
                                                       { "value", "41.04" },
                                                       { NULL, NULL } });
  e->versions = row_of ((const char *const[][2]){ { "catalogue", "0123456789ab" }, { NULL, NULL } });
  return e;
}

static void
digest__evidence__told_and_what_people_wrote_is_harmless (void **state)
{
  static const char *const told[] = { "数据：2022年春，应报45所，已报44所",
                                      "尚缺：<img src=x>一中  == 新增 ==\n",
                                      "填报说明：wang（2022年9月1日）：设备更换 <script>\n",
                                      "主要在：三年级41.0%（上期38.2%）",
                                      "运行：2022年9月26日，plumbline " PLUMB_VERSION "，目录与规则 0123456789ab",
                                      "where (target, area_code) in (('myopia_change', '210103'));" };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Evidence) evidence = hostile_evidence ();
  Hold ack = { .kind = HOLD_ACK };
  Standing *s = NULL;
  g_autoptr (Digest) d = NULL;
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  (void)state;
  s = alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_NEW);
  ack.until = (char *)(guintptr) "2022-10-01";
  ack.actor = (char *)(guintptr) "li" RLO;
  ack.comment = (char *)(guintptr) "已知\r\n- 伪造的一行";
  s->hold = &ack;
  d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
  d->evidence = evidence;
  text = digest_text (d, TRUE);
  html = digest_html (d, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    if (strstr (text, told[i]) == NULL)
      fail_msg ("no %s in %s", told[i], text);
  assert_null (strstr (text, RLO));
  assert_null (strstr (text, "\n- 伪造"));
  assert_null (strchr (text, '\r'));
  assert_null (strstr (html, RLO));
  assert_null (strstr (html, "<img src=x>"));
  assert_null (strstr (html, "<script>"));
  assert_non_null (strstr (html, "&lt;img src=x&gt;一中"));
}

static void
digest_new__citywide_breach__districts_are_counted_not_told (void **state)
{
  static const char *const areas[] = { "210102", "210104", "210105" };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) city = NULL;
  g_autoptr (Digest) district = NULL;
  g_autofree char *text = NULL;

  (void)state;
  alerted (board, "myopia_change", "210100", ALERT_FIRING, NOTE_NEW);
  for (guint i = 0; i < G_N_ELEMENTS (areas); i++)
    alerted (board, "myopia_change", areas[i], ALERT_FIRING, NOTE_NEW);
  city = digest_new (board, recipient_named (catalogue, "city"), "2022-09-26", "/report");
  district = digest_new (board, recipient_named (catalogue, "heping"), "2022-09-26", "/report");
  assert_int_equal (city->sections[SECTION_NEW]->len, 1);
  assert_int_equal (city->n_new, 4);
  text = digest_text (city, TRUE);
  assert_non_null (strstr (
      text, "近视率：全市已在预警，另有3个区县同时新增，不再逐一列出：和平区62.1%、大东区62.1%、皇姑区62.1%。"));
  assert_null (strstr (text, "plumbline ack 210102"));
  assert_int_equal (district->sections[SECTION_NEW]->len, 1); /* who has to act is told in full */
}

static void
digest_new__returns_missing__what_waits_for_them_is_counted_in_one_line (void **state)
{
  static const char *const targets[] = { "overweight_growth", "obesity_growth" };
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autofree char *text = NULL;

  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
    Standing *s = alerted (board, targets[i], "210103", ALERT_PENDING, NOTE_NONE);

    s->complete = FALSE;
    s->schools_reporting = 20;
  }
  alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_NEW);
  d = digest_new (board, recipient_named (catalogue, "shenhe"), "2022-09-26", "/report");
  assert_int_equal (d->gaps->len, 1);
  assert_int_equal (d->sections[SECTION_WATCH]->len, 0);
  text = digest_text (d, TRUE);
  assert_non_null (strstr (text, "未报齐：沈河区 20/45。其中2项若数据属实将预警，待报齐或核实后再定\n"));
}

static void
digest_text__summary_of_a_capped_night__says_how_many_it_stands_for (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  g_autoptr (Digest) d = NULL;
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;

  (void)state;
  alerted (board, "myopia_change", "210103", ALERT_FIRING, NOTE_NEW);
  d = digest_new (board, recipient_named (catalogue, "city"), "2022-09-26", "/report");
  d->n_withheld = 41;
  text = digest_text (d, TRUE);
  html = digest_html (d, TRUE);
  assert_non_null (strstr (text, "今晚应发41封邮件，超过上限30封：区县邮件未发，只发本封汇总。"));
  assert_non_null (strstr (html, "今晚应发41封邮件，超过上限30封"));
}

static void
quiet_mail__only_to_the_city_and_only_when_due (void **state)
{
  g_autoptr (Catalogue) catalogue = standard_catalogue ();
  g_autoptr (Board) board = board_new (catalogue);
  const Recipient *city = recipient_named (catalogue, "city");
  g_autoptr (Digest) d = digest_quiet (board, city, "2022-09-26", "/report");
  g_autofree char *subject = quiet_subject (d);
  g_autofree char *text = quiet_text (d);

  (void)state;
  assert_true (quiet_is_due (catalogue, city, -1));
  assert_false (quiet_is_due (catalogue, city, 6));
  assert_true (quiet_is_due (catalogue, city, 7));
  assert_false (quiet_is_due (catalogue, recipient_named (catalogue, "heping"), 30));
  assert_string_equal (subject, "[平安] 沈阳市 没有新情况");
  assert_non_null (strstr (text, "2022年9月26日"));
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (digest_new__reminders__to_whom_they_concern),
    cmocka_unit_test (digest_text__reminder__is_told_in_full_with_the_command_to_type),
    cmocka_unit_test (digest_subject__recovered_beside_a_reminder__what_still_drifts_leads),
    cmocka_unit_test (digest_subject__data_to_be_confirmed__said_beside_the_figure),
    cmocka_unit_test (digest_facts__next_step__what_would_end_the_alert),
    cmocka_unit_test (digest_new__behind_without_an_alert__watched_but_no_reason_for_a_mail),
    cmocka_unit_test (digest_lines__recovered_of_one_target__one_line),
    cmocka_unit_test (digest__evidence__told_and_what_people_wrote_is_harmless),
    cmocka_unit_test (digest_new__citywide_breach__districts_are_counted_not_told),
    cmocka_unit_test (digest_new__returns_missing__what_waits_for_them_is_counted_in_one_line),
    cmocka_unit_test (digest_text__summary_of_a_capped_night__says_how_many_it_stands_for),
    cmocka_unit_test (quiet_mail__only_to_the_city_and_only_when_due),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
