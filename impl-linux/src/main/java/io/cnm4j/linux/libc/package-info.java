/**
 * The C library: the only door to native code.
 *
 * <p>Law: names and constants are those of the manual pages, so that they can be looked up there. A negative return is looked at
 * by the caller at once, through {@link io.cnm4j.linux.libc.LibC#errno}. Every descriptor is made close-on-exec.
 */
@NullMarked
package io.cnm4j.linux.libc;

import org.jspecify.annotations.NullMarked;
