#include "base/place.h"

#include "base/error.h"
#include "base/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVER_ACCOUNT "postgres"
#define ELSEWHERE "/var/lib/plumbline/clusters"

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  int saved = errno;

  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot %s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

char *
place_hash (const char *text)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strndup (sum, 16);
}

static char *
real_path (const char *path)
{
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved);

  free (resolved); /* realpath's own */
  return copy;
}

/* root must not run the server. A tree of an ordinary user stays that user's, so that both can start the server. */
static gboolean
choose_account (Place *place, const char *state_dir, GError **error)
{
  struct stat st;
  const struct passwd *pw = NULL;
  uid_t me = geteuid ();

  if (stat (place->data != NULL && g_file_test (place->data, G_FILE_TEST_EXISTS) ? place->data : state_dir, &st) != 0)
    return fail_errno (error, "look at", state_dir);
  if (me != 0 && place->data != NULL && g_file_test (place->data, G_FILE_TEST_EXISTS) && st.st_uid != me) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                 "the database in %s belongs to another account; run as that one, or name another --state", place->dir);
    return FALSE;
  }
  if (me != 0)
    pw = getpwuid (me);
  else
    pw = st.st_uid != 0 ? getpwuid (st.st_uid) : getpwnam (SERVER_ACCOUNT);
  if (pw == NULL) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG,
                 me == 0 && st.st_uid == 0 ? "account " SERVER_ACCOUNT " is missing: install postgresql"
                                           : "the account that owns %s has no name here",
                 state_dir);
    return FALSE;
  }
  g_free (place->account);
  place->account = g_strdup (pw->pw_name);
  place->uid = pw->pw_uid;
  place->gid = pw->pw_gid;
  place->foreign = place->uid != me;
  place->keeper = me == 0 && g_strcmp0 (place->account, SERVER_ACCOUNT) != 0 ? place->uid : me;
  return TRUE;
}

/* What the caller writes for the account must stay writable by whoever owns the state directory. */
gboolean
place_own (const Place *place, const char *path)
{
  return place->keeper == geteuid () || lchown (path, place->keeper, (gid_t)-1) == 0;
}

static gboolean
can_enter (const Place *place, const char *path)
{
  const char *const argv[] = { "/usr/bin/test", "-x", path, NULL };

  return place_run (place, "/", argv, NULL);
}

/* A state directory that was deleted takes only its link along; what the link led to is kept once, as .old. */
static gboolean
set_aside (const char *path, GError **error)
{
  g_autofree char *old = g_strconcat (path, ".old", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  return (folder_remove (old) && g_rename (path, old) == 0) || fail_errno (error, "set aside", path);
}

static gboolean
make_elsewhere (Place *place, const char *state_dir, const char *link, GError **error)
{
  g_autofree char *hash = place_hash (state_dir);
  g_autofree char *dir = g_build_filename (ELSEWHERE, hash, NULL);

  if (!set_aside (dir, error))
    return FALSE;
  if (g_mkdir_with_parents (dir, 0755) != 0)
    return fail_errno (error, "make", dir);
  for (g_autofree char *up = g_strdup (dir); g_str_has_prefix (up, "/var/lib/plumbline"); *strrchr (up, '/') = '\0')
    if (chmod (up, 0755) != 0)
      return fail_errno (error, "open", up);
  if (symlink (dir, link) != 0)
    return fail_errno (error, "make", link);
  g_free (place->dir);
  place->dir = g_steal_pointer (&dir);
  place->elsewhere = TRUE;
  if (can_enter (place, place->dir))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "account %s can enter neither %s nor %s; name another --state",
               place->account, state_dir, place->dir);
  return FALSE;
}

static gboolean
make_dir (Place *place, const char *state_dir, const char *pg, GError **error)
{
  if (place->foreign && !can_enter (place, state_dir))
    return make_elsewhere (place, state_dir, pg, error);
  if (g_mkdir (pg, 0755) != 0 || chmod (pg, 0755) != 0 || !place_own (place, pg))
    return fail_errno (error, "make", pg);
  return TRUE;
}

gboolean
place_check (const Place *place, GError **error)
{
  if (!place->foreign || can_enter (place, place->dir))
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "account %s cannot enter %s; open its parent folders to it",
               place->account, place->dir);
  return FALSE;
}

gboolean
place_find (const char *state_dir, gboolean make, Place *out, GError **error)
{
  g_auto (Place) place = { 0 };
  g_autofree char *state = real_path (state_dir);
  g_autofree char *pg = NULL;

  if (state == NULL)
    return make ? fail_errno (error, "find", state_dir) : FALSE;
  pg = g_build_filename (state, "pg", NULL);
  place.dir = real_path (pg);
  place.elsewhere = place.dir != NULL && g_file_test (pg, G_FILE_TEST_IS_SYMLINK);
  if (place.dir != NULL) {
    place.data = g_build_filename (place.dir, "data", NULL);
    if (!choose_account (&place, state, error))
      return FALSE;
  } else if (!make) {
    return FALSE;
  } else {
    g_unlink (pg); /* a link to nowhere */
    place.dir = g_strdup (pg);
    if (!choose_account (&place, state, error) || !make_dir (&place, state, pg, error))
      return FALSE;
    place.data = g_build_filename (place.dir, "data", NULL);
  }
  *out = place;
  place = (Place){ 0 };
  return TRUE;
}

void
place_clear (Place *place)
{
  g_clear_pointer (&place->dir, g_free);
  g_clear_pointer (&place->data, g_free);
  g_clear_pointer (&place->account, g_free);
}

gboolean
place_folder (const Place *place, const char *path, mode_t mode, GError **error)
{
  struct stat st;

  if (mkdir (path, mode) == 0)
    return (chmod (path, mode) == 0 && (!place->foreign || lchown (path, place->uid, place->gid) == 0))
           || fail_errno (error, "set up", path);
  if (errno != EEXIST || lstat (path, &st) != 0)
    return fail_errno (error, "make", path);
  if (S_ISDIR (st.st_mode) && st.st_uid == place->uid && (st.st_mode & 022) == 0)
    return TRUE;
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "%s is not a folder of account %s alone", path, place->account);
  return FALSE;
}

/* The name also depends on the cluster's birth: the server of a deleted one may still hold the old name. */
char *
place_socket_dir (const Place *place)
{
  g_autofree char *version = g_build_filename (place->data, "PG_VERSION", NULL);
  g_autofree char *birth = NULL;
  g_autofree char *hash = NULL;
  struct stat st = { 0 };
  char *near = g_build_filename (place->dir, "socket", NULL);

  if (strlen (near) + strlen ("/" PLACE_SOCKET) < sizeof ((struct sockaddr_un *)0)->sun_path
      && strchr (near, ',') == NULL)
    return near;
  (void)stat (version, &st);
  birth = g_strdup_printf ("%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT ".%09ld", place->dir, (gint64)st.st_ino,
                           (gint64)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
  hash = place_hash (birth);
  g_free (near);
  return g_strdup_printf ("/tmp/plumbline-%s", hash);
}

static char **
clean_environment (void)
{
  char **env = g_get_environ ();
  g_auto (GStrv) names = g_listenv ();

  for (char **name = names; *name != NULL; name++)
    if (g_str_has_prefix (*name, "PG") || g_str_has_prefix (*name, "LC_") || g_str_equal (*name, "LANGUAGE"))
      env = g_environ_unsetenv (env, *name);
  return g_environ_setenv (env, "LC_ALL", "C.UTF-8", TRUE);
}

/* GLib's spawn closes every descriptor but the first three, so no lock of ours lives on in the server. */
gboolean
place_run (const Place *place, const char *dir, const char *const argv[], GError **error)
{
  g_autofree char *uid = g_strdup_printf ("--reuid=%u", place->uid);
  g_autofree char *gid = g_strdup_printf ("--regid=%u", place->gid);
  g_auto (GStrv) env = clean_environment ();
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) spawn_error = NULL;
  int status = 0;

  if (place->foreign)
    g_strv_builder_add_many (all, "setpriv", uid, gid, "--init-groups", "--reset-env", "--", NULL);
  for (const char *const *arg = argv; *arg != NULL; arg++)
    g_strv_builder_add (all, *arg);
  command = g_strv_builder_end (all);
  if (!g_spawn_sync (dir, command, env, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &output,
                     &status, &spawn_error)) {
    g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_CONFIG, "cannot run %s: %s", argv[0], spawn_error->message);
    return FALSE;
  }
  if (g_spawn_check_wait_status (status, &spawn_error))
    return TRUE;
  g_strchomp (output);
  g_set_error (error, PLUMB_ERROR, PLUMB_ERROR_DATABASE, "%s: %s", argv[0],
               *output != '\0' ? output : spawn_error->message);
  return FALSE;
}

gboolean
place_has_process (const Place *place)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  g_autofree char *self = g_file_read_link ("/proc/self/cwd", NULL);
  gboolean found = FALSE;

  if (proc == NULL || self == NULL)
    return TRUE;
  for (const char *pid = g_dir_read_name (proc); pid != NULL && !found; pid = g_dir_read_name (proc)) {
    g_autofree char *link = g_ascii_isdigit (*pid) ? g_build_filename ("/proc", pid, "cwd", NULL) : NULL;
    g_autofree char *cwd = link != NULL ? g_file_read_link (link, NULL) : NULL;

    found = g_strcmp0 (cwd, place->data) == 0;
  }
  return found;
}
