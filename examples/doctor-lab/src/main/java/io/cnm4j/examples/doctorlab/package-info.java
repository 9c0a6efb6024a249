/**
 * The doctor lab: a healthy host is damaged in one way after the other; each damage must be found and repaired, and what belongs to
 * somebody else must stay as it is.
 *
 * <p>Law: damage is done with the tools an operator has, {@code ip}, {@code bridge}, {@code nft} and a shell; only the public API
 * finds and repairs it.
 */
@org.jspecify.annotations.NullMarked
package io.cnm4j.examples.doctorlab;
