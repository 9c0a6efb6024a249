/**
 * Key-value stores for records: local ones, and ones that hosts share.
 *
 * <p>Law: the store sees keys, octets and revisions, nothing else. A commit is all or nothing. A revision grows with every
 * commit, also over a reopen, and is never used twice. When {@code commit} has returned, the change survives the end of the
 * process; with {@link io.cnm4j.spi.store.Durability#POWER_LOSS} it survives the loss of power. What a session holds is gone soon
 * after it has ended. No call waits longer than its deadline; a call that failed for another reason than a stale revision may still be
 * carried out later, which is why writes say what they expect. All methods are thread-safe. The contract is
 * {@code KeyValueStoreContract} of the tests jar.
 */
@NullMarked
package io.cnm4j.spi.store;

import org.jspecify.annotations.NullMarked;
