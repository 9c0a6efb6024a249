/**
 * What leasing an address, and a pool, costs in time and memory, beside a {@link java.util.BitSet} of the same size.
 *
 * <p>Law: through the SPI, as the core does it; no kernel work. Times are for a million leases; bytes are what the heap holds more.
 */
@NullMarked
package io.cnm4j.benchmarks.ipam;

import org.jspecify.annotations.NullMarked;
