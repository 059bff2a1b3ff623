/* What the doctor looks at on the machine itself. */
#define _GNU_SOURCE
#include "doctor_parts.h"

#include "extract/claim.h"
#include "domain/format.h"
#include "report/picture.h"
#include "report/send.h"
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#define LEAST_BYTES (G_GUINT64_CONSTANT (200) << 20) /* a night of corrections needs about as much */
#define ENOUGH_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define ENOUGH_INODES 10000
#define MAX_NAMED 5 /* files of a kind */
#define DAY_S (24 * 60 * 60)
#define FILE_AGE_S (2 * DAY_S)

void
doctor_configuration (Doctor *d)
{
  const char *path = d->options->config;
  struct stat st;

  if (path == NULL)
    doctor_note (d, FINDING_OK, "configuration", DOCTOR_SAY (d, "configuration_none"), NULL);
  else if (d->options->db != NULL && strstr (d->options->db, "password") != NULL && stat (path, &st) == 0
           && (st.st_mode & 0044) != 0)
    doctor_note (d, FINDING_FAILURE, "configuration", DOCTOR_FILL (d, "configuration_open", "path", path),
                 DOCTOR_FILL (d, "configuration_close", "path", path));
  else
    doctor_note (d, FINDING_OK, "configuration", g_strdup (path), NULL);
}

void
doctor_state (Doctor *d)
{
  const char *state = d->options->state;
  struct stat st;
  const char *why = stat (state, &st) != 0 ? g_strerror (errno) : NULL;

  if (why != NULL)
    doctor_note (d, FINDING_FAILURE, "state", DOCTOR_FILL (d, "state_missing", "path", state, "why", why),
                 DOCTOR_FILL (d, "state_make", "path", state));
  else if (!S_ISDIR (st.st_mode) || access (state, W_OK | X_OK) != 0)
    doctor_note (d, FINDING_FAILURE, "state", DOCTOR_FILL (d, "state_closed", "path", state),
                 DOCTOR_FILL (d, "state_own", "path", state, "user", g_get_user_name ()));
  else if ((st.st_mode & 0002) != 0)
    doctor_note (d, FINDING_FAILURE, "state", DOCTOR_FILL (d, "state_open", "path", state),
                 DOCTOR_FILL (d, "state_close", "path", state));
  else
    doctor_note (d, FINDING_OK, "state", g_strdup (state), NULL);
}

static void
look_at_disk (Doctor *d, const char *path)
{
  struct statvfs fs;
  g_autofree char *size = NULL;
  guint64 bytes = 0;
  gboolean crowded = FALSE;

  if (statvfs (path, &fs) != 0)
    return;
  bytes = (guint64)fs.f_bavail * fs.f_frsize;
  crowded = fs.f_files > 0 && fs.f_favail < ENOUGH_INODES;
  size = g_format_size (bytes);
  if (bytes >= ENOUGH_BYTES && !crowded)
    doctor_note (d, FINDING_OK, "disk", DOCTOR_FILL (d, "disk_free", "path", path, "size", size), NULL);
  else
    doctor_note (d, bytes < LEAST_BYTES ? FINDING_FAILURE : FINDING_ADVICE, "disk",
                 DOCTOR_FILL (d, crowded ? "disk_crowded" : "disk_low", "path", path, "size", size),
                 DOCTOR_SAY (d, "disk_make_room"));
}

/* Each file system once: state, private server, report. */
void
doctor_disk (Doctor *d)
{
  g_autofree char *data = g_build_filename (d->options->state, "pg", "data", NULL);
  const char *const paths[] = { d->options->state, data, d->options->report };
  dev_t seen[G_N_ELEMENTS (paths)];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    struct stat st;
    gboolean known = FALSE;

    if (stat (paths[i], &st) != 0)
      continue;
    for (guint j = 0; j < n; j++)
      known |= seen[j] == st.st_dev;
    seen[n++] = st.st_dev;
    if (!known)
      look_at_disk (d, paths[i]);
  }
}

void
doctor_fonts (Doctor *d)
{
  g_autofree char *rsvg = g_find_program_in_path ("rsvg-convert");

  if (rsvg == NULL)
    doctor_note (d, FINDING_ADVICE, "fonts", DOCTOR_SAY (d, "fonts_no_program"), DOCTOR_SAY (d, "fonts_get_program"));
  else if (!picture_can_write (d->options->language))
    doctor_note (d, FINDING_ADVICE, "fonts", DOCTOR_SAY (d, "fonts_none"), DOCTOR_SAY (d, "fonts_get"));
  else
    doctor_note (d, FINDING_OK, "fonts", DOCTOR_SAY (d, "fonts_there"), NULL);
}

/* ------------------------------------------------------------------------------------------------------------------
   Mail */

static gboolean
is_made_up (const char *address)
{
  static const char *const endings[] = { ".invalid", ".example", ".test", "example.org", "example.com", "localhost" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (address, endings[i]))
      return TRUE;
  return FALSE;
}

/* The seeds' recipients are nobody's. */
static void
look_at_recipients (Doctor *d)
{
  const GPtrArray *recipients = d->catalogue != NULL ? d->catalogue->recipients : NULL;
  guint made_up = 0;

  for (guint i = 0; recipients != NULL && i < recipients->len; i++)
    made_up += is_made_up (((const Recipient *)recipients->pdata[i])->address);
  if (made_up > 0) {
    g_autofree char *count = g_strdup_printf ("%u", made_up);

    doctor_note (d, FINDING_ADVICE, "mail", DOCTOR_FILL (d, "mail_made_up", "count", count),
                 DOCTOR_FILL (d, "mail_recipients", "path", d->options->catalogue));
  }
}

/* Most servers take no mail from a domain that is nobody's. */
static void
look_at_sender (Doctor *d)
{
  g_autofree char *address = g_strdup (d->options->mail_from);

  if (g_str_has_suffix (address, ">"))
    address[strlen (address) - 1] = '\0';
  if (is_made_up (address))
    doctor_note (d, FINDING_ADVICE, "mail", DOCTOR_FILL (d, "mail_sender", "from", d->options->mail_from),
                 DOCTOR_SAY (d, "mail_name_sender"));
}

void
doctor_mail (Doctor *d)
{
  g_autofree char *folder = g_build_filename (d->options->state, "mail", NULL);
  SendOptions way = mail_options (d->options);
  g_autoptr (GError) why = NULL;
  g_autoptr (Sender) sender = NULL;
  g_auto (SendAnswer) answer = { SEND_DONE, FALSE, NULL };

  way.from = d->options->mail_from;
  way.folder = folder;
  if (way.server == NULL && way.sendmail == NULL) {
    doctor_note (d, FINDING_ADVICE, "mail", DOCTOR_FILL (d, "mail_files", "path", folder),
                 DOCTOR_SAY (d, "mail_configure"));
    return;
  }
  sender = sender_new (&way, &why);
  if (sender != NULL)
    sender_probe (sender, &answer);
  if (sender == NULL || answer.why != NULL)
    doctor_note (d, FINDING_FAILURE, "mail", g_strdup (sender == NULL ? why->message : answer.why),
                 DOCTOR_SAY (d, "mail_correct"));
  else
    doctor_note (d, FINDING_OK, "mail", DOCTOR_FILL (d, "mail_answers", "where", sender_where (sender)), NULL);
  look_at_sender (d);
  look_at_recipients (d);
}

/* ------------------------------------------------------------------------------------------------------------------
   Inbox */

typedef struct {
  guint count;
  GString *names;
} Kind;

static void
count_file (Kind *kind, const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);

  if (++kind->count <= MAX_NAMED)
    g_string_append_printf (kind->names, "%s%s", kind->names->len > 0 ? ", " : "", valid);
  else if (kind->count == MAX_NAMED + 1)
    g_string_append (kind->names, " …");
}

static void
note_kind (Doctor *d, Kind *kind, const char *found, const char *remedy)
{
  g_autofree char *count = g_strdup_printf ("%u", kind->count);

  if (kind->count > 0)
    doctor_note (d, FINDING_ADVICE, "inbox", DOCTOR_FILL (d, found, "count", count, "names", kind->names->str),
                 DOCTOR_SAY (d, remedy));
  g_string_free (kind->names, TRUE);
}

static gboolean
is_old (const struct stat *st, gint64 age_s)
{
  return g_get_real_time () / G_USEC_PER_SEC - st->st_mtime > age_s;
}

static gboolean
can_be_read (int folder, const char *name)
{
  g_auto (Fault) fault = { 0 };
  g_autoptr (Source) source = source_open (folder, name, &fault);

  return source != NULL;
}

static void
look_at_files (Doctor *d, GDir *dir, int folder)
{
  Kind odd = { 0, g_string_new (NULL) }, unread = odd, part = odd, old = odd;
  g_autofree char *count = NULL;
  guint waiting = 0;

  unread.names = g_string_new (NULL);
  part.names = g_string_new (NULL);
  old.names = g_string_new (NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir)) {
    struct stat st;

    if (*name == '.' || fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR (st.st_mode))
      continue;
    if (g_str_has_suffix (name, ".part")) {
      if (is_old (&st, DAY_S))
        count_file (&part, name);
      continue;
    }
    waiting++;
    if (!S_ISREG (st.st_mode))
      count_file (&odd, name);
    else if (!can_be_read (folder, name))
      count_file (&unread, name);
    else if (is_old (&st, FILE_AGE_S))
      count_file (&old, name);
  }
  count = g_strdup_printf ("%u", waiting);
  doctor_note (d, FINDING_OK, "inbox", DOCTOR_FILL (d, "inbox_waiting", "count", count), NULL);
  note_kind (d, &odd, "inbox_odd", "inbox_copy");
  note_kind (d, &unread, "inbox_unreadable", "inbox_permit");
  note_kind (d, &part, "inbox_part", "inbox_finish");
  note_kind (d, &old, "inbox_old", "inbox_run");
}

void
doctor_inbox (Doctor *d)
{
  g_autofree char *path = g_build_filename (d->options->state, "inbox", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  int folder = dir != NULL ? open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

  if (folder < 0) {
    doctor_note (d, FINDING_ADVICE, "inbox", DOCTOR_FILL (d, "inbox_missing", "path", path),
                 DOCTOR_FILL (d, "inbox_make", "path", path));
    return;
  }
  look_at_files (d, dir, folder);
  close (folder);
}

void
doctor_clock (Doctor *d)
{
  struct timex now = { 0 };
  g_autofree char *today = options_today (d->options);

  if (adjtimex (&now) == TIME_ERROR || (now.status & STA_UNSYNC) != 0)
    doctor_note (d, FINDING_ADVICE, "clock", DOCTOR_FILL (d, "clock_loose", "today", today),
                 DOCTOR_SAY (d, "clock_synchronise"));
  else
    doctor_note (d, FINDING_OK, "clock", DOCTOR_FILL (d, "clock_steady", "today", today), NULL);
}
