/**
 * Ports of the host that endpoints are published on.
 *
 * <p>Law: derived from the records at open, plus what is in flight; nothing else is stored. A port at any address of a family excludes it
 * at each address of that family, and the other way round; protocols and families do not concern each other. What the endpoints of one
 * sandbox publish belongs to the sandbox: they may hold the same port.
 */
@NullMarked
package io.cnm4j.core.ports;

import org.jspecify.annotations.NullMarked;
