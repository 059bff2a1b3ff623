/* tests/support/letter.h: a mail as a night would queue it. */
#pragma once

#include "base/db.h"

#define LETTER_ENVELOPE "--mail-from plumbline@edu.example.invalid "
#define LETTER_FROM "明明 <plumbline@edu.example.invalid>"
#define LETTER_SUBJECT "[严重|新增2] 沈河区 近视率 62.1%"
#define LETTER_TEXT "沈河区近视率62.1%\n.\n..高出路径1.8个百分点\n"
#define LETTER_HTML "<!DOCTYPE html><html><body><p>沈河区</p><img src=\"cid:chart@plumbline\"></body></html>\n"

#define LETTER_PNG "\x89PNG\r\n\x1a\n" /* how its picture of LETTER_PNG_BYTES begins; zeros follow */
#define LETTER_PNG_BYTES 4096

/* letter_queue: for recipient somebody; MD5 of its bytes. Free the result. */
char *letter_queue (Db *db, const char *name, const char *address);
