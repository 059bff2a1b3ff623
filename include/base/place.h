/* include/base/place.h: where the private server keeps its files, and which account its processes run as. */
#pragma once

#include <glib.h>
#include <sys/types.h>

#define PLACE_SOCKET ".s.PGSQL.5432" /* in place_socket_dir() */

/*
 * <dir>/                 pg/ of the state directory, or what that links to; the caller's own
 *   postgresql.conf …    written at every start
 *   server.log           the account's
 *   data/                the account's, 0700
 *   socket/              the account's, 0700
 */
typedef struct {
  char *dir;
  char *data;
  char *account;
  uid_t uid;
  gid_t gid;
  uid_t keeper;       /* owner of the folder and its settings */
  gboolean foreign;   /* the account is not the caller's: programs are run through setpriv */
  gboolean elsewhere; /* dir is outside the state directory */
} Place;

/**
 * place_find: decides account and folder; @state_dir exists. With @make the folder is made, elsewhere
 * (/var/lib/plumbline) with a link to it when the account cannot enter the state directory; without, FALSE and no error
 * when there is none.
 */
gboolean place_find (const char *state_dir, gboolean make, Place *out, GError **error);
/* place_check: whether the account can enter the folder; the server that runs in it could. */
gboolean place_check (const Place *place, GError **error);
void place_clear (Place *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* place_own: gives a file that the caller made to the keeper. */
gboolean place_own (const Place *place, const char *path);

/* place_folder: makes @path for the account with @mode unless it is there. */
gboolean place_folder (const Place *place, const char *path, mode_t mode, GError **error);

/**
 * place_socket_dir: where the socket is: socket/, or a folder of the account's own under /tmp, named by a hash, when
 * the path is too long for a socket (107 bytes) or has a comma, which libpq takes for the end of a host's name.
 */
char *place_socket_dir (const Place *place);

/* place_run: runs @argv as the account in @dir, with neither PG* nor open files of the caller; FALSE without error set
   is impossible: PLUMB_ERROR_DATABASE carries what the program wrote to stderr. */
gboolean place_run (const Place *place, const char *dir, const char *const argv[], GError **error);

/* place_has_process: some process works in data/, as every process of a server does; TRUE too when nobody can know. */
gboolean place_has_process (const Place *place);

/* place_hash: 16 hexadecimal digits of SHA-256. */
char *place_hash (const char *text);
