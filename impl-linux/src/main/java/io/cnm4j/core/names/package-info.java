/**
 * Who is called what: names of endpoints on networks, what a sandbox may find, and the texts of its hosts and resolver files.
 * <p>Law: what a name means changes at once, and whoever answers questions never waits for whoever changes
 * records. A sandbox finds names of its own networks only. Nothing here is stored: all of it follows from the records.
 */
@NullMarked
package io.cnm4j.core.names;

import org.jspecify.annotations.NullMarked;
