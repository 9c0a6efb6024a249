/**
 * Keys of encrypted networks.
 *
 * <p>Law: the cluster has one ring of keys, which only commits change. From a key of the ring each two hosts derive one for each direction and
 * for each life of their ends, so that sequence numbers and nonces, which begin anew with an end, never come twice. A key is sent
 * with only after every host has said that it receives with it, and dropped only after every host has said that it sends with another.
 * Nothing here puts a key into text.
 */
@NullMarked
package io.cnm4j.core.secret;

import org.jspecify.annotations.NullMarked;
