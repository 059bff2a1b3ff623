/* libFuzzer on decoding, parsing and validating: make fuzz. */
#include "../support/fuzz.h"

#include <iconv.h>
#include <string.h>

#define LINES_KEPT 3

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);

/* A converter that stays open keeps its tables loaded: opening and closing them costs more than a small file does. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  static iconv_t kept[4];

  (void)argc;
  (void)argv;
  kept[0] = iconv_open ("UTF-8", "GB18030");
  kept[1] = iconv_open ("UTF-8", "CP936");
  kept[2] = iconv_open ("UTF-8", "UTF-16LE");
  kept[3] = iconv_open ("UTF-8", "UTF-16BE");
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_extract (data, size);
  return 0;
}

/* Where the byte after the @lines-th line feed is; 0 when there are fewer. */
static size_t
skip_lines (const uint8_t *data, size_t size, unsigned int lines)
{
  size_t at = 0;

  while (lines-- > 0) {
    const uint8_t *feed = memchr (data + at, '\n', size - at);

    if (feed == NULL)
      return 0;
    at = (size_t)(feed - data) + 1;
  }
  return at;
}

/* A broken header ends a file before its rows are looked at: three times in four the first line or lines stay. */
size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  size_t kept = seed % 4 == 0 ? 0 : skip_lines (data, size, 1 + seed / 4 % LINES_KEPT);

  if (kept == 0 || kept >= size)
    return LLVMFuzzerMutate (data, size, max_size);
  return kept + LLVMFuzzerMutate (data + kept, size - kept, max_size - kept);
}
