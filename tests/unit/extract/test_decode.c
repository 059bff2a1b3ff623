#include "extract/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

#define BYTES(text) (text), sizeof (text) - 1

static gboolean no_converters;

iconv_t
iconv_open (const char *to, const char *from)
{
  iconv_t (*real) (const char *, const char *) = NULL;

  *(void **)&real = dlsym (RTLD_NEXT, "iconv_open");
  if (!no_converters || strstr (from, "ANSI") != NULL) /* GLib's own, for words */
    return real (to, from);
  errno = EMFILE;
  return (iconv_t)-1;
}

/* A file is not to blame for a converter that the system does not give. */
static void
decode_detect__no_converter_to_be_had__another_time (void **state)
{
  static const struct {
    const char *bytes;
    gsize length;
  } cases[] = { { BYTES ("\xC9\xF2\xD1\xF4,b\n") }, { BYTES ("\xFF\xFE\x66\x5B,\0b\0\n\0") } };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Source) source = source_new_bytes ("x.csv", cases[i].bytes, cases[i].length);
    g_auto (Fault) fault = { 0 };
    Encoding encoding = ENCODING_UTF8;
    guint64 utf8_end = 0;
    gboolean detected = FALSE;

    no_converters = TRUE;
    detected = decode_detect (source, &encoding, &utf8_end, &fault) && decoder_new (source, encoding, &fault) != NULL;
    no_converters = FALSE;
    assert_false (detected);
    assert_string_equal (fault.check, "unreadable");
    assert_true (fault.passing);
    assert_non_null (strstr (fault.found.en, g_strerror (EMFILE)));
  }
}

static void
decode_detect__accepted_encodings__named_and_decoded (void **state)
{
  static const struct {
    const char *bytes;
    gsize length;
    const char *name;
    const char *first_line;
  } cases[] = {
    { BYTES ("a,b\n1,2\n"), "UTF-8", "a,b\n" },
    { BYTES ("\xE5\xAD\xA6,b\n"), "UTF-8", "学,b\n" },
    { BYTES ("\xEF\xBB\xBF"
             "a,b\n"),
      "UTF-8-BOM", "a,b\n" },
    { BYTES ("\xEF\xBB\xBF\xEF\xBB\xBF"
             "a,b\n"),
      "UTF-8-BOM", "a,b\n" },
    { BYTES ("\xC9\xF2\xD1\xF4,b\n"), "GB18030", "沈阳,b\n" },
    { BYTES ("\x81\x30\x81\x34,\xC9\xF2\n"), "GB18030", "\xC2\x84,沈\n" },
    { BYTES ("\xC9\xF2\xD1\xF4,\x80\n"), "CP936", "沈阳,€\n" },
    { BYTES ("\xFF\xFE\x66\x5B,\0b\0\n\0"), "UTF-16LE", "学,b\n" },
    { BYTES ("\xFE\xFF\x5B\x66\0,\0b\0\n"), "UTF-16BE", "学,b\n" },
    { BYTES ("a\0,\0\x66\x5B\n\0"), "UTF-16LE", "a,学\n" },
    { BYTES ("\0a\0,\x5B\x66\0\n"), "UTF-16BE", "a,学\n" },
    { BYTES ("\xFF\xFE\x3D\xD8\x00\xDE\n\0"), "UTF-16LE", "\xF0\x9F\x98\x80\n" },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Source) source = source_new_bytes ("x.csv", cases[i].bytes, cases[i].length);
    g_autoptr (Decoder) decoder = NULL;
    g_auto (Fault) fault = { 0 };
    g_autofree char *got = NULL;
    Encoding encoding = ENCODING_UTF8;
    guint64 utf8_end = 0;
    char *line = NULL;
    gsize length = 0;

    if (!decode_detect (source, &encoding, &utf8_end, &fault))
      fail_msg ("case %zu: %s", i, fault.check);
    assert_string_equal (encoding_info (encoding)->name, cases[i].name);
    decoder = decoder_new (source, encoding, &fault);
    assert_true (decoder_line (decoder, &line, &length, &fault));
    got = g_strndup (line, length);
    assert_string_equal (got, cases[i].first_line);
  }
}

/* Table 3-7 of the Unicode Standard, at both ends of each range. */
static void
decode_detect__sequences_at_the_ends_of_ranges__utf_8_or_not (void **state)
{
  static const struct {
    const char *bytes;
    gboolean utf8;
  } cases[] = {
    { "\xC2\x80", TRUE },
    { "\xDF\xBF", TRUE },
    { "\xC1\x80", FALSE },
    { "\xC2\x7F", FALSE },
    { "\xC2\xC0", FALSE },
    { "\xE0\xA0\x80", TRUE },
    { "\xE0\x9F\xBF", FALSE },
    { "\xED\x9F\xBF", TRUE },
    { "\xED\xA0\x80", FALSE },
    { "\xEE\x80\x80", TRUE },
    { "\xE1\x80\x7F", FALSE },
    { "\xF0\x90\x80\x80", TRUE },
    { "\xF0\x8F\xBF\xBF", FALSE },
    { "\xF1\x80\x80\x80", TRUE },
    { "\xF4\x8F\xBF\xBD", TRUE },
    { "\xF4\x90\x80\x80", FALSE },
    { "\xF5\x80\x80\x80", FALSE },
    { "\xF1\x80\x80", FALSE },
    { "\x80", FALSE },
    { "\xFE", FALSE },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strconcat ("a,b\n1,", cases[i].bytes, "\n", NULL);
    g_autoptr (Source) source = source_new_bytes ("x.csv", text, strlen (text));
    g_auto (Fault) fault = { 0 };
    Encoding encoding = ENCODING_UTF8;
    guint64 utf8_end = 0;
    gboolean taken = decode_detect (source, &encoding, &utf8_end, &fault);

    if ((taken && encoding == ENCODING_UTF8) != cases[i].utf8)
      fail_msg ("case %zu: %s", i, taken ? encoding_info (encoding)->name : fault.check);
  }
}

static void
decode_detect__bytes_of_no_encoding__refused_with_line_and_byte (void **state)
{
  static const struct {
    const char *bytes;
    gsize length;
    const char *check;
    guint line;
    guint64 byte;
    const char *found;
  } cases[] = {
    { BYTES (""), "empty", 0, 0, NULL },
    { BYTES ("a,b\n1,2\n3,\xFF\n"), "encoding", 3, 3, "UTF-8: 3:3, GB18030: 3:3" },
    { BYTES ("a\r\n\xE5\xAD\xA6\r\n\xE5\xAD"), "encoding", 3, 2, "UTF-8: 3:2, GB18030: 2:3" },
    { BYTES ("a\rb\rc\xFF\x01"), "encoding", 3, 2, NULL },
    { BYTES ("\xEF\xBB\xBF"
             "a\n\xC0\x80\n"),
      "encoding", 2, 1, "UTF-8-BOM: 2:1" },
    { BYTES ("\xFF\xFE"
             "a\0\n\0\x00\xDC\n\0"),
      "encoding", 2, 1, "UTF-16LE: 2:1" },
    { BYTES ("a,b\n1,\0\n2,3\n"), "nul", 2, 3, NULL },
    { BYTES ("\xEF\xBB\xBF"
             "a\n1\0\n"),
      "nul", 2, 2, NULL },
    { BYTES ("PK\x03\x04\x14\0\x06\0"), "workbook", 0, 0, NULL },
    { BYTES ("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "workbook", 0, 0, NULL },
    { BYTES ("<html><table>"), "workbook", 0, 0, NULL },
  };

  (void)state;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Source) source = source_new_bytes ("x.csv", cases[i].bytes, cases[i].length);
    g_auto (Fault) fault = { 0 };
    Encoding encoding = ENCODING_UTF8;
    guint64 utf8_end = 0;

    if (decode_detect (source, &encoding, &utf8_end, &fault))
      fail_msg ("case %zu was taken for %s", i, encoding_info (encoding)->name);
    assert_string_equal (fault.check, cases[i].check);
    if (fault.line != cases[i].line || fault.byte != cases[i].byte)
      fail_msg ("case %zu: line %u byte %u", i, fault.line, (guint)fault.byte);
    if (cases[i].found != NULL)
      assert_string_equal (fault.found.zh, cases[i].found);
  }
}

static void
decode_detect__utf8__offset_of_the_first_wrong_byte (void **state)
{
  static const char bytes[] = "ab\xC9\xF2\n";
  g_autoptr (Source) source = source_new_bytes ("x.csv", BYTES (bytes));
  g_auto (Fault) fault = { 0 };
  Encoding encoding = ENCODING_UTF8;
  guint64 utf8_end = 0;

  (void)state;
  assert_true (decode_detect (source, &encoding, &utf8_end, &fault));
  assert_int_equal (utf8_end, 3);
}

/* Lines of every length around the borders of chunks, in every encoding: each must come back as it was. */
static void
decoder_line__lines_across_chunks__come_back_whole (void **state)
{
  static const char *const encodings[] = { "UTF-8", "GB18030", "UTF-16LE", "UTF-16BE" };
  static const char *const ends[] = { "\n", "\r\n", "\r" };

  (void)state;
  for (gsize e = 0; e < G_N_ELEMENTS (encodings); e++)
    for (gsize t = 0; t < G_N_ELEMENTS (ends); t++) {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *bytes = NULL;
      g_autoptr (Source) source = NULL;
      g_autoptr (Decoder) decoder = NULL;
      g_auto (Fault) fault = { 0 };
      Encoding encoding = ENCODING_UTF8;
      gsize length = 0, n = 0;
      guint64 utf8_end = 0;
      char *line = NULL;

      for (guint i = 0; text->len < 300000; i++) {
        GString *one = g_string_new (NULL);

        for (guint k = 0; k < i % 97; k++)
          g_string_append (one, k % 3 == 0 ? "沈" : "a,");
        g_string_append (one, ends[t]);
        g_string_append (text, one->str);
        g_ptr_array_add (lines, g_string_free (one, FALSE));
      }
      bytes = g_convert (text->str, (gssize)text->len, encodings[e], "UTF-8", NULL, &length, NULL);
      source = source_new_bytes ("x.csv", bytes, length);
      assert_true (decode_detect (source, &encoding, &utf8_end, &fault));
      assert_string_equal (encoding_info (encoding)->name, encodings[e]);
      decoder = decoder_new (source, encoding, &fault);
      while (decoder_line (decoder, &line, &length, &fault) && length > 0) {
        assert_true (n < lines->len);
        assert_int_equal (length, strlen (lines->pdata[n]));
        assert_memory_equal (line, lines->pdata[n], length);
        n++;
      }
      assert_null (fault.check);
      assert_int_equal (n, lines->len);
    }
}

static void
decoder_line__longer_than_the_ceiling__refused (void **state)
{
  g_autofree char *bytes = g_malloc (DECODE_MAX_LINE_BYTES + 10);
  g_autoptr (Source) source = NULL;
  g_autoptr (Decoder) decoder = NULL;
  g_auto (Fault) fault = { 0 };
  char *line = NULL;
  gsize length = 0;

  (void)state;
  memset (bytes, 'a', DECODE_MAX_LINE_BYTES + 10);
  bytes[3] = '\n';
  source = source_new_bytes ("x.csv", bytes, DECODE_MAX_LINE_BYTES + 10);
  decoder = decoder_new (source, ENCODING_UTF8, &fault);
  assert_true (decoder_line (decoder, &line, &length, &fault));
  assert_int_equal (length, 4);
  assert_false (decoder_line (decoder, &line, &length, &fault));
  assert_string_equal (fault.check, "ceiling");
  assert_int_equal (fault.line, 2);
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test (decode_detect__accepted_encodings__named_and_decoded),
    cmocka_unit_test (decode_detect__no_converter_to_be_had__another_time),
    cmocka_unit_test (decode_detect__sequences_at_the_ends_of_ranges__utf_8_or_not),
    cmocka_unit_test (decode_detect__bytes_of_no_encoding__refused_with_line_and_byte),
    cmocka_unit_test (decode_detect__utf8__offset_of_the_first_wrong_byte),
    cmocka_unit_test (decoder_line__lines_across_chunks__come_back_whole),
    cmocka_unit_test (decoder_line__longer_than_the_ceiling__refused),
  };

  return cmocka_run_group_tests (tests, NULL, NULL);
}
