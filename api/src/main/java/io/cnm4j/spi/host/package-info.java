/**
 * The host as the core and the drivers see it, and the one place that changes it.
 *
 * <p>Law: a {@link io.cnm4j.spi.host.HostView} answers point questions and changes nothing; a
 * {@link io.cnm4j.spi.host.PlanExecutor} is the only thing that changes the kernel. All are thread-safe. All waits end by
 * the caller's {@link io.cnm4j.spi.host.Deadline}.
 */
@NullMarked
package io.cnm4j.spi.host;

import org.jspecify.annotations.NullMarked;
