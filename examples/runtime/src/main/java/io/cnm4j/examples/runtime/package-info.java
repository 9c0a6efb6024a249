/**
 * Containers of real runtimes, with networks of cnm4j.
 *
 * <p>Law: what is printed the containers said themselves; what turns out other than it should ends the program with the reason.
 */
@NullMarked
package io.cnm4j.examples.runtime;

import org.jspecify.annotations.NullMarked;
