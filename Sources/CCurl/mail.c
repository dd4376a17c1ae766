#include "CCurl.h"
#include "setup.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

/// libcurl's options are variadic, which Swift does not call: this is the part of it that sends mail.
struct upload {
    const char *bytes;
    size_t left;
};

static size_t read_upload(char *buffer, size_t size, size_t count, void *context) {
    struct upload *upload = context;
    size_t length = size * count < upload->left ? size * count : upload->left;
    memcpy(buffer, upload->bytes, length);
    upload->bytes += length;
    upload->left -= length;
    return length;
}

static enum lookout_mail_result result_of(CURLcode code, long status) {
    switch (code) {
    case CURLE_OK:
        return LOOKOUT_MAIL_SENT;
    case CURLE_OPERATION_TIMEDOUT:
        return LOOKOUT_MAIL_TIMED_OUT;
    case CURLE_LOGIN_DENIED:
        return LOOKOUT_MAIL_UNAUTHORISED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return LOOKOUT_MAIL_UNREACHABLE;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return LOOKOUT_MAIL_TLS;
    default:
        // 530 asks for a login; other answers from 500 on are about the message.
        if (status == 530) return LOOKOUT_MAIL_UNAUTHORISED;
        return status >= 500 && status < 600 ? LOOKOUT_MAIL_REFUSED : LOOKOUT_MAIL_FAILED;
    }
}

enum lookout_mail_result lookout_mail_send(const struct lookout_mail *mail, char *error, size_t error_size) {
    lookout_curl_set_up();
    char detail[CURL_ERROR_SIZE] = "";
    struct upload upload = {mail->message, mail->message_length};
    struct curl_slist *recipients = NULL;
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        snprintf(error, error_size, "libcurl could not be set up");
        return LOOKOUT_MAIL_FAILED;
    }
    for (size_t index = 0; index < mail->recipient_count; index++) {
        struct curl_slist *longer = curl_slist_append(recipients, mail->recipients[index]);
        if (longer == NULL) {
            curl_slist_free_all(recipients);
            curl_easy_cleanup(curl);
            snprintf(error, error_size, "out of memory");
            return LOOKOUT_MAIL_FAILED;
        }
        recipients = longer;
    }
    curl_easy_setopt(curl, CURLOPT_URL, mail->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (mail->user != NULL) curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
    if (mail->password != NULL) curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(mail->requires_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)mail->message_length);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, mail->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, mail->timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    snprintf(error, error_size, "%s", detail[0] != 0 ? detail : curl_easy_strerror(code));
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    return result_of(code, status);
}
