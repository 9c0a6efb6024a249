/**
 * Notice of changes that somebody else makes to what carries our mark.
 *
 * <p>Law: a notice says only that something changed; what it is, a check finds out. What our own sockets change is not noticed. Lost
 * notices count as one.
 */
@NullMarked
package io.cnm4j.linux.watch;

import org.jspecify.annotations.NullMarked;
