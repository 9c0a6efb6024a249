/**
 * The contract kit: what every driver, IPAM driver, store and executor must do, and fakes to try them without root.
 *
 * <p>Law: one flat abstract class for each SPI; a subject is tested by extending it and giving the factory. Rules are numbered
 * and say MUST or SHOULD; a rule that needs something a subject does not have is skipped with that reason. The kit is tested
 * with subjects that break exactly one rule. Fakes keep the laws of the SPI they stand for; only what the kernel does by
 * itself is missing.
 */
@NullMarked
package io.cnm4j.tck;

import org.jspecify.annotations.NullMarked;
