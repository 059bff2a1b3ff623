/* include/trial.h: what an operator tries out before the first night: one sample mail, and how mails are sent. */
#pragma once

#include "base/options.h"
#include "report/send.h"

/* mail_options: how @options say that mails go; borrows from them, and leaves sender and folder open. */
SendOptions mail_options (const Options *options);

/**
 * trial_send: one sample to options->test, the same way as the night's mails and without database or outbox.
 *
 * PLUMB_ERROR_USAGE: no address, or not on the list only_to; PLUMB_ERROR_MAIL with the server's words; or
 * sender_new()'s errors.
 */
gboolean trial_send (const Options *options, GError **error);
