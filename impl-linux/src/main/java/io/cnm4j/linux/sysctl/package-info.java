/**
 * Kernel parameters.
 *
 * <p>Law: a parameter is read and written in the namespace of the calling thread, through procfs; a key cannot lead out of
 * /proc/sys.
 */
@NullMarked
package io.cnm4j.linux.sysctl;

import org.jspecify.annotations.NullMarked;
