#ifndef LOOKOUT_CCURL_H
#define LOOKOUT_CCURL_H

#include <stddef.h>

/// A message to hand to a mail server; the strings are UTF-8 and end with 0.
struct lookout_mail {
    /// `smtp://host:port` or `smtps://host:port`, without user and password.
    const char *url;
    /// NULL where the server asks for none.
    const char *user;
    const char *password;
    /// 1: refuse to speak without TLS; 0: speak it where the server offers it.
    int requires_tls;
    const char *from;
    const char *const *recipients;
    size_t recipient_count;
    /// Headers and body, with CRLF.
    const char *message;
    size_t message_length;
    long timeout_seconds;
};

enum lookout_mail_result {
    LOOKOUT_MAIL_SENT,
    LOOKOUT_MAIL_UNREACHABLE,
    LOOKOUT_MAIL_TIMED_OUT,
    LOOKOUT_MAIL_UNAUTHORISED,
    LOOKOUT_MAIL_TLS,
    /// The server answered with a status that refuses this message or its recipients for good (5xx).
    LOOKOUT_MAIL_REFUSED,
    LOOKOUT_MAIL_FAILED,
};

/// Sends a message and waits for the server to take it. `error` gets a text that ends with 0.
enum lookout_mail_result lookout_mail_send(const struct lookout_mail *mail, char *error, size_t error_size);

#endif
