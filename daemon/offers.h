/* Offers of waiting rooms to supporters: the daemon's side of the pure pairing.h. */
#ifndef HARK_DAEMON_OFFERS_H
#define HARK_DAEMON_OFFERS_H

struct server;

/* Runs pairing over what is so now; sets server::pairing_due_mono, when to run again at the latest.
 */
void offers_refresh(struct server *server);

#endif
