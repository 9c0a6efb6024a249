/**
 * A store on Consul, by its HTTP API.
 *
 * <p>Law: a revision is the index of Raft that changed the entry; a commit is one transaction of Consul, never repeated once it may have
 * reached a server, and always changes something, so that no index is used twice; a session is Consul's, and what it holds are locks that
 * are deleted with it; a follower lists again whenever Consul says that something changed, and tells the difference.
 */
@NullMarked
package io.cnm4j.kvstore.consul;

import org.jspecify.annotations.NullMarked;
