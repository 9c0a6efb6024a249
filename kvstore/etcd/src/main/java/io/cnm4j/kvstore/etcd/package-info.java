/**
 * A store on etcd, by the JSON gateway of its version 3 API.
 *
 * <p>Law: a revision is etcd's own; a commit is one transaction of etcd, never repeated once it may have reached a server; a session is a
 * lease; a follower lists at one revision and watches from the next, and lists again only if etcd has forgotten what came after.
 */
@NullMarked
package io.cnm4j.kvstore.etcd;

import org.jspecify.annotations.NullMarked;
