/**
 * Whether a plug-in, in whatever language, keeps the protocol: plays the engine against its socket, rule by rule.
 *
 * <p>Law: each rule has a number that never changes its meaning, and breaks alone: a rule that cannot be tried because one before it is
 * broken is not tried. What is made is removed again.
 */
@NullMarked
package io.cnm4j.driver.remote.conformance;

import org.jspecify.annotations.NullMarked;
