/**
 * Networks by the thousand.
 *
 * <p>Law: the last of them must cost what the first did; their floor is the first.
 */
@NullMarked
package io.cnm4j.benchmarks.networks;

import org.jspecify.annotations.NullMarked;
