/* Watch phrases and the flags they raise. */
#include "daemon/dispatch.h"

enum outcome handle_phrase_list(struct session *session, const struct msg_phrase_list *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_phrase_put(struct session *session, const struct msg_phrase_put *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_phrase_remove(struct session *session, const struct msg_phrase_remove *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}

enum outcome handle_flag_clear(struct session *session, const struct msg_flag_clear *request)
{
	(void)session;
	(void)request;
	return refuse(WIRE_CODE_UNAVAILABLE);
}
