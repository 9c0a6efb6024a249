/**
 * Networks by the thousand.
 *
 * <p>Law: one among thousands must cost what it costs where there are few; that is their floor.
 */
@NullMarked
package io.cnm4j.benchmarks.networks;

import org.jspecify.annotations.NullMarked;
