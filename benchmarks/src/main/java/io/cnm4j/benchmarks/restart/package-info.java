/**
 * Opening a controller on records that are there.
 *
 * <p>Law: nothing has changed since the last close, so the kernel is only read; one write ends the run.
 */
@NullMarked
package io.cnm4j.benchmarks.restart;

import org.jspecify.annotations.NullMarked;
