/**
 * A shop on two hosts: its web application on one, its database on the other, and a stranger on a network beside it.
 *
 * <p>Law: what is printed was tried with programs of the system; what turns out other than it should ends the program with the reason.
 */
@NullMarked
package io.cnm4j.examples.overlay;

import org.jspecify.annotations.NullMarked;
