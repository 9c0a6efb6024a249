/**
 * The host: plans made true, and questions about it answered.
 *
 * <p>Law: whatever concerns a namespace runs on a thread of {@link io.cnm4j.linux.netns.NamespaceWorkers} or on a throw-away
 * thread, never on the caller's. A caller's code never runs on a worker. Every change passes a
 * {@link io.cnm4j.linux.KernelTap}.
 */
@NullMarked
package io.cnm4j.linux;

import org.jspecify.annotations.NullMarked;
