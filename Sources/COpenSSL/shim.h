#ifndef LOOKOUT_COPENSSL_H
#define LOOKOUT_COPENSSL_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

#endif
