/**
 * Key-value stores for records.
 *
 * <p>Law: the store sees keys, octets and revisions, nothing else. A commit is all or nothing. A revision grows with every
 * commit, also over a reopen, and is never used twice. When {@code commit} has returned, the change survives the end of the
 * process; with {@link io.cnm4j.spi.store.Durability#POWER_LOSS} it survives the loss of power. All methods are thread-safe.
 * The contract is {@code KeyValueStoreContract} of the tests jar.
 */
@NullMarked
package io.cnm4j.spi.store;

import org.jspecify.annotations.NullMarked;
