/* include/report/credentials.h: user and password of a mail server, from a file that only its owner can read. */
#pragma once

#include <glib.h>

typedef struct {
  char *user;
  char *password;
} Credentials;

/**
 * credentials_read: a regular file, no link, of the caller or root, mode 0600 or less, lines user=… and password=….
 *
 * Returns: FALSE with PLUMB_ERROR_CONFIG, which never quotes the file's content.
 */
gboolean credentials_read (const char *path, Credentials *out, GError **error);
/* credentials_clear: the password's memory is overwritten. */
void credentials_clear (Credentials *credentials);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Credentials, credentials_clear)
