/**
 * A store on ZooKeeper.
 *
 * <p>Law: a revision is a zxid. A commit is one multi of ZooKeeper, with the versions of what it read; what it read is the latest, since a
 * sync goes before. A node's version begins again when the node is made again, so every commit that makes nodes also changes the guards of
 * their keys, and every commit that relies on a version checks them: none is carried out on a node that was removed and made again. Sessions
 * are ZooKeeper's own, a connection each; what they hold is ephemeral. There is no history: followers read what changed.
 */
@NullMarked
package io.cnm4j.kvstore.zookeeper;

import org.jspecify.annotations.NullMarked;
