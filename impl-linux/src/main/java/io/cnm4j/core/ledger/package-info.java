/**
 * Records: what was asked for, what was leased, what drivers noted.
 *
 * <p>Law: records are immutable values with a version; the {@link io.cnm4j.core.ledger.Ledger} keeps them in stores and answers
 * from memory. A change is in the store before it is in memory. Networks survive the loss of power; sandboxes and endpoints live
 * as long as the kernel they speak of.
 */
@NullMarked
package io.cnm4j.core.ledger;

import org.jspecify.annotations.NullMarked;
