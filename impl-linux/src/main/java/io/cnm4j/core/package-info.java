/**
 * The flow of a request: desk, read, lease, plan, compose, apply, settle.
 *
 * <p>Law: the core knows records, plans and SPIs; it imports neither native code nor sockets nor files, so all of it runs in a
 * test without root. Records are the only truth: leases, names and claims are indices derived from them at open. No lock is
 * held over a wait for the kernel, the store or a plug-in; what excludes each other takes turns, by the id of what it changes,
 * in the order sandbox, endpoint, network, shared object, and every wait ends by the caller's deadline. What a call works out while
 * the kernel is busy with it asks neither kernel nor host: who answers would wait for it.
 */
@NullMarked
package io.cnm4j.core;

import org.jspecify.annotations.NullMarked;
