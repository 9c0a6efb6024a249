/**
 * Networks that bring no interface: {@code host} is the host's own namespace, {@code none} is nothing but a loopback.
 *
 * <p>Law: their plans are empty. There is one network of each, and a sandbox on one of them is on no other.
 */
@NullMarked
package io.cnm4j.driver.local;

import org.jspecify.annotations.NullMarked;
