/**
 * Plans made true: one handler for each kind of operation, and the four walks over a plan.
 *
 * <p>Law: all changes of the kernel's network state pass {@link io.cnm4j.linux.executor.LinuxPlanExecutor}, on a namespace worker.
 * A step that failed is taken back as if it had been done, for its outcome may be unknown; what is taken back must be ours. Making
 * is exclusive. Everything that is opened for a call is closed with it; only sockets of the host namespace stay, with their worker.
 */
@NullMarked
package io.cnm4j.linux.executor;

import org.jspecify.annotations.NullMarked;
