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

/// A request over HTTP; the strings end with 0. All of it is copied.
struct lookout_web_request {
    const char *url;
    const char *method;
    /// `Name: value` each; `Name:` sends none of that name, `Name;` sends an empty one.
    const char *const *headers;
    size_t header_count;
    /// NULL where the method has no body.
    const char *body;
    size_t body_length;
    /// For the whole exchange.
    long timeout_milliseconds;
    long connect_timeout_milliseconds;
};

enum lookout_web_result {
    /// The receiver has given a status, whatever became of the rest of its answer.
    LOOKOUT_WEB_ANSWERED,
    LOOKOUT_WEB_UNREACHABLE,
    LOOKOUT_WEB_TIMED_OUT,
    LOOKOUT_WEB_TLS,
    LOOKOUT_WEB_BAD_ADDRESS,
};

/// A request and what came of it.
struct lookout_web_exchange;
/// The requests that are underway and the connections that are kept for the next ones.
struct lookout_web;

/// NULL where there is no memory. May be called on any thread.
struct lookout_web_exchange *lookout_web_exchange_make(const struct lookout_web_request *request);
void lookout_web_exchange_free(struct lookout_web_exchange *exchange);

enum lookout_web_result lookout_web_exchange_result(const struct lookout_web_exchange *exchange);
/// The status; 0 where there was none.
long lookout_web_exchange_status(const struct lookout_web_exchange *exchange);
/// The seconds of `Retry-After`; -1 where it was not given or is no number.
long lookout_web_exchange_retry_after(const struct lookout_web_exchange *exchange);
/// The first bytes of the answer's body; or, where there was no answer, what went wrong. Ends with 0.
const char *lookout_web_exchange_text(const struct lookout_web_exchange *exchange);

/// NULL where there is no memory.
struct lookout_web *lookout_web_open(long connections_per_host);
/// All its exchanges must have finished or been dropped.
void lookout_web_close(struct lookout_web *web);
/// 0, or what keeps it from being begun: its result says so, too.
int lookout_web_begin(struct lookout_web *web, struct lookout_web_exchange *exchange);
/// Breaks off what was begun and has not finished.
void lookout_web_drop(struct lookout_web *web, struct lookout_web_exchange *exchange);
/// Waits until something happens or somebody wakes it, at most for so long, and goes on with what is underway.
void lookout_web_step(struct lookout_web *web, int milliseconds);
/// One exchange that has finished since it was last asked; NULL where there is none.
struct lookout_web_exchange *lookout_web_finished(struct lookout_web *web);
/// Ends a `lookout_web_step` that waits. The only one that any thread may call while another uses `web`.
void lookout_web_wake(struct lookout_web *web);

#endif
