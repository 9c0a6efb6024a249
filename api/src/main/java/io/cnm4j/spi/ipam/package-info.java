/**
 * Address management: pools, and addresses from them.
 *
 * <p>Law: state lives in memory and is derived from the records, which are given back at open through
 * {@link io.cnm4j.spi.ipam.Ipam#restorePool} and {@link io.cnm4j.spi.ipam.AddressPoolLease#restore}. An address handed out is
 * visible as taken to every other thread at once. All methods are thread-safe. Errors: {@code InvalidRequestException} for what
 * cannot be, {@code ConflictException} for what is taken, {@code ExhaustedException} for what has run out; each names the pool.
 * The contract is {@code IpamContract} of the tests jar.
 */
@NullMarked
package io.cnm4j.spi.ipam;

import org.jspecify.annotations.NullMarked;
