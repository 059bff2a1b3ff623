/* Loaded before libcurl: the option whose number PLUMB_OPTION names, counted from 1, cannot be set. */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

/* What libcurl's header makes of the call to check its arguments has no place here. */
#undef curl_easy_setopt

/* Every kind of value travels in one register: numbers, pointers, curl_off_t. */
CURLcode
curl_easy_setopt (CURL *curl, CURLoption option, ...)
{
  static atomic_uint count;
  const char *which = getenv ("PLUMB_OPTION");
  CURLcode (*set) (CURL *, CURLoption, ...) = NULL;
  void *value = NULL;
  va_list ap;

  va_start (ap, option);
  value = va_arg (ap, void *);
  va_end (ap);
  if (which != NULL && atomic_fetch_add (&count, 1) + 1 == strtoul (which, NULL, 10))
    return CURLE_UNKNOWN_OPTION;
  *(void **)&set = dlsym (RTLD_NEXT, "curl_easy_setopt");
  return set (curl, option, value);
}
