/**
 * The quickstart: networks, sandboxes and traffic between them, on a host made for the demonstration.
 *
 * <p>Law: {@link io.cnm4j.examples.quickstart.Quickstart} tells the story with the public API; everything else is scenery. The
 * machine's own network is not touched.
 */
@org.jspecify.annotations.NullMarked
package io.cnm4j.examples.quickstart;
