/* libFuzzer on decoding, parsing and validating: make fuzz. */
#include "../support/fuzz.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_extract (data, size);
  return 0;
}
