/* Certificates: whether the two files can be used, before the library is told to use them. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "daemon/transport_wire.h"

int tls_check(const char *cert, const char *key, char *problem, size_t size)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	const char *wrong = NULL;

	if (key == NULL) {
		snprintf(problem, size, "tls_cert is set, tls_key is not");
		SSL_CTX_free(context);
		return -1;
	}
	if (context == NULL || SSL_CTX_use_certificate_chain_file(context, cert) != 1) {
		wrong = cert;
	} else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
		   SSL_CTX_check_private_key(context) != 1) {
		wrong = key;
	}
	SSL_CTX_free(context);
	if (wrong != NULL) {
		/* The first of a chain of errors is the cause; the last says who passed it on. */
		unsigned long error = ERR_peek_error();
		const char *reason = ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error))
							     : ERR_reason_error_string(error);
		snprintf(problem, size, "%s cannot be used for TLS: %s", wrong,
			reason == NULL ? "unknown reason" : reason);
		ERR_clear_error();
		return -1;
	}
	return 0;
}
