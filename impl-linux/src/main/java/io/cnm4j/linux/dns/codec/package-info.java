/**
 * Messages of the domain name system, RFC 1035. Questions are read, and answers with addresses written, by hand, since every question
 * of every container passes there; all else goes through dnsjava.
 * <p>Law: nothing here reads beyond its input, loops on it or allocates more than the input is long, whatever the input is.
 */
@NullMarked
package io.cnm4j.linux.dns.codec;

import org.jspecify.annotations.NullMarked;
