#ifndef LOOKOUT_CCURL_SETUP_H
#define LOOKOUT_CCURL_SETUP_H

/// Sets libcurl up once for the process, from whichever thread comes first.
void lookout_curl_set_up(void);

#endif
