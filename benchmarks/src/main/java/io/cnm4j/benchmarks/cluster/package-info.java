/**
 * Clusters of many hosts on one store: the hosts share this process, and have kernels in memory.
 *
 * <p>Law: what hosts do is what they do anywhere; only the kernel is replaced, by one that remembers which endpoints of other hosts it was given.
 */
@NullMarked
package io.cnm4j.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
