/**
 * Drivers of cnm4j served to Docker's engine, or whoever else speaks its plug-in protocol.
 *
 * <p>Law: a {@link io.cnm4j.plugin.server.PluginServer} listens on one unix socket and hands requests to services; a service keeps what it
 * was asked for in a store before it answers, so that a restart loses nothing, and removes at its start what carries its mark and no record
 * speaks of. The engine moves interfaces and gives them their addresses: here they are made in the host's namespace. Requests come from
 * root only (the socket is 0600), are bounded all the same, and each is answered or refused with a sentence. All classes are thread-safe.
 */
@NullMarked
package io.cnm4j.plugin.server;

import org.jspecify.annotations.NullMarked;
