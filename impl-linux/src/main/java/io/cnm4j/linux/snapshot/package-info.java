/**
 * The state of the host, read back and compared.
 *
 * <p>Law: everything here only reads. What is read comes from the kernel itself, by messages of its own and not by the codecs
 * that write, so that a fault in those cannot hide itself.
 */
@NullMarked
package io.cnm4j.linux.snapshot;

import org.jspecify.annotations.NullMarked;
