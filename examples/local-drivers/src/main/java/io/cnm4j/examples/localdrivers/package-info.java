/**
 * Every driver the kernel offers, side by side, and who reaches whom on each.
 *
 * <p>Law: what is printed was tried; what turns out other than it should ends the program with the reason.
 */
@NullMarked
package io.cnm4j.examples.localdrivers;

import org.jspecify.annotations.NullMarked;
