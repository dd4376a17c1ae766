#include "setup.h"

#include <curl/curl.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void set_up(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

void lookout_curl_set_up(void) {
    pthread_once(&once, set_up);
}
