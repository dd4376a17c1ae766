#pragma once
#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Macros that Swift cannot import, as constants.
static const int64_t lookout_no_timestamp = AV_NOPTS_VALUE;
static const int lookout_error_again = AVERROR(EAGAIN);
static const int lookout_error_end = AVERROR_EOF;
static const int lookout_error_exit = AVERROR_EXIT;
static const int lookout_error_invalid_data = AVERROR_INVALIDDATA;
static const int lookout_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND;
static const int lookout_error_demuxer_not_found = AVERROR_DEMUXER_NOT_FOUND;
static const int lookout_error_protocol_not_found = AVERROR_PROTOCOL_NOT_FOUND;
static const int lookout_error_stream_not_found = AVERROR_STREAM_NOT_FOUND;
static const int lookout_error_http_bad_request = AVERROR_HTTP_BAD_REQUEST;
static const int lookout_error_http_unauthorized = AVERROR_HTTP_UNAUTHORIZED;
static const int lookout_error_http_forbidden = AVERROR_HTTP_FORBIDDEN;
static const int lookout_error_http_not_found = AVERROR_HTTP_NOT_FOUND;
static const int lookout_error_http_other_4xx = AVERROR_HTTP_OTHER_4XX;
static const int lookout_error_http_server = AVERROR_HTTP_SERVER_ERROR;

// av_log hands over a va_list, which Swift cannot format: the line is made here and passed on as text.
// Everything less urgent than a warning is dropped before it costs anything.
typedef void (*lookout_log_sink)(int level, const char *origin, const char *line);

// Inside a function, since Swift's importer emits no variables of a header.
static inline lookout_log_sink *lookout_log_target(void) {
    static lookout_log_sink target;
    return &target;
}

static void lookout_log_forward(void *object, int level, const char *format, va_list arguments) {
    char line[1024];
    const char *origin = "";
    if ((level & 0xff) > AV_LOG_WARNING || !*lookout_log_target())
        return;
    if (object) {
        const AVClass *kind = *(const AVClass *const *)object;
        if (kind && kind->item_name)
            origin = kind->item_name(object);
    }
    vsnprintf(line, sizeof line, format, arguments);
    (*lookout_log_target())(level & 0xff, origin ? origin : "", line);
}

static inline void lookout_log_install(lookout_log_sink sink) {
    *lookout_log_target() = sink;
    av_log_set_callback(lookout_log_forward);
}
