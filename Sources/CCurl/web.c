#include "CCurl.h"
#include "setup.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// libcurl's options are variadic, which Swift does not call: this is the part of it that sends requests over HTTP.
struct lookout_web_exchange {
    CURL *curl;
    struct curl_slist *headers;
    enum lookout_web_result result;
    long status;
    long retry_after;
    /// The start of the body while it comes, or libcurl's words; one byte more for the 0.
    char text[301];
    size_t text_length;
    size_t body_length;
    char error[CURL_ERROR_SIZE];
};

struct lookout_web {
    CURLM *multi;
};

/// More than this of an answer is not waited for.
static const size_t longest_body = 64 * 1024;

static size_t write_body(char *bytes, size_t size, size_t count, void *context) {
    struct lookout_web_exchange *exchange = context;
    size_t length = size * count;
    size_t room = sizeof exchange->text - 1 - exchange->text_length;
    size_t kept = length < room ? length : room;
    memcpy(exchange->text + exchange->text_length, bytes, kept);
    exchange->text_length += kept;
    exchange->text[exchange->text_length] = 0;
    exchange->body_length += length;
    return exchange->body_length > longest_body ? CURL_WRITEFUNC_ERROR : length;
}

void lookout_web_exchange_free(struct lookout_web_exchange *exchange) {
    if (exchange == NULL) return;
    curl_easy_cleanup(exchange->curl);
    curl_slist_free_all(exchange->headers);
    free(exchange);
}

/// Whether all headers found room.
static int take_headers(struct lookout_web_exchange *exchange, const struct lookout_web_request *request) {
    for (size_t index = 0; index < request->header_count; index++) {
        struct curl_slist *longer = curl_slist_append(exchange->headers, request->headers[index]);
        if (longer == NULL) return 0;
        exchange->headers = longer;
    }
    return 1;
}

struct lookout_web_exchange *lookout_web_exchange_make(const struct lookout_web_request *request) {
    lookout_curl_set_up();
    struct lookout_web_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return NULL;
    exchange->retry_after = -1;
    exchange->curl = curl_easy_init();
    if (exchange->curl == NULL || !take_headers(exchange, request)) {
        lookout_web_exchange_free(exchange);
        return NULL;
    }
    CURL *curl = exchange->curl;
    CURLcode copied = curl_easy_setopt(curl, CURLOPT_URL, request->url);
    if (request->body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        if (copied == CURLE_OK) copied = curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, request->body);
        if (copied == CURLE_OK) copied = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    }
    if (copied != CURLE_OK) {
        lookout_web_exchange_free(exchange);
        return NULL;
    }
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_milliseconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, request->connect_timeout_milliseconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->error);
    curl_easy_setopt(curl, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    // A name server that keeps silent holds up its own request only: its thread is left behind and ends by itself.
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    return exchange;
}

enum lookout_web_result lookout_web_exchange_result(const struct lookout_web_exchange *exchange) {
    return exchange->result;
}

long lookout_web_exchange_status(const struct lookout_web_exchange *exchange) {
    return exchange->status;
}

long lookout_web_exchange_retry_after(const struct lookout_web_exchange *exchange) {
    return exchange->retry_after;
}

const char *lookout_web_exchange_text(const struct lookout_web_exchange *exchange) {
    return exchange->text;
}

struct lookout_web *lookout_web_open(long connections_per_host) {
    lookout_curl_set_up();
    struct lookout_web *web = calloc(1, sizeof *web);
    if (web == NULL) return NULL;
    web->multi = curl_multi_init();
    if (web->multi == NULL) {
        free(web);
        return NULL;
    }
    curl_multi_setopt(web->multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections_per_host);
    return web;
}

void lookout_web_close(struct lookout_web *web) {
    curl_multi_cleanup(web->multi);
    free(web);
}

static void settle(struct lookout_web_exchange *exchange, CURLcode code) {
    long status = 0;
    curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
    exchange->status = status >= 200 ? status : 0;
    if (exchange->status != 0) {
        struct curl_header *header = NULL;
        if (curl_easy_header(exchange->curl, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
            char *end = NULL;
            long seconds = strtol(header->value, &end, 10);
            if (end != header->value && *end == 0 && seconds >= 0) exchange->retry_after = seconds;
        }
        exchange->result = LOOKOUT_WEB_ANSWERED;
        return;
    }
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        exchange->result = LOOKOUT_WEB_TIMED_OUT;
        break;
    case CURLE_URL_MALFORMAT:
        exchange->result = LOOKOUT_WEB_BAD_ADDRESS;
        break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        exchange->result = LOOKOUT_WEB_TLS;
        break;
    default:
        exchange->result = LOOKOUT_WEB_UNREACHABLE;
    }
    const char *words = exchange->error[0] != 0 ? exchange->error : curl_easy_strerror(code);
    snprintf(exchange->text, sizeof exchange->text, "%s", words);
}

int lookout_web_begin(struct lookout_web *web, struct lookout_web_exchange *exchange) {
    CURLMcode code = curl_multi_add_handle(web->multi, exchange->curl);
    if (code == CURLM_OK) return 0;
    exchange->result = LOOKOUT_WEB_UNREACHABLE;
    snprintf(exchange->text, sizeof exchange->text, "%s", curl_multi_strerror(code));
    return -1;
}

void lookout_web_drop(struct lookout_web *web, struct lookout_web_exchange *exchange) {
    curl_multi_remove_handle(web->multi, exchange->curl);
}

void lookout_web_step(struct lookout_web *web, int milliseconds) {
    int running = 0;
    curl_multi_poll(web->multi, NULL, 0, milliseconds, NULL);
    curl_multi_perform(web->multi, &running);
}

struct lookout_web_exchange *lookout_web_finished(struct lookout_web *web) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(web->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        struct lookout_web_exchange *exchange = NULL;
        CURLcode code = message->data.result;
        CURL *curl = message->easy_handle;
        curl_easy_getinfo(curl, CURLINFO_PRIVATE, &exchange);
        settle(exchange, code);
        curl_multi_remove_handle(web->multi, curl);
        return exchange;
    }
    return NULL;
}

void lookout_web_wake(struct lookout_web *web) {
    curl_multi_wakeup(web->multi);
}
