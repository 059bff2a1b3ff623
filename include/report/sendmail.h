/* include/report/sendmail.h: one mail through a program that takes it as sendmail -t does. */
#pragma once

#include "report/send.h"

/* sendmail_send: its exit status decides (sysexits): no such user or host, or bad data: never; else later. */
void sendmail_send (const char *program, const char *sender, guint timeout_s, const SendMail *mail, SendAnswer *answer);
