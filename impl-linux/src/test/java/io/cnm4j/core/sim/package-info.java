/**
 * The core in a simulated world: verbs, faults and ends of the process drawn from one seed, the laws looked at after each.
 *
 * <p>Law: a seed says everything. One thread, a clock that only a fault moves, no identity hash in any choice; so a seed that
 * fails once fails always. What the world finds wrong names the seed and every step that led there. The simulation is itself
 * tested: with bugs planted between the core and its parts, each of which it must find.
 */
@NullMarked
package io.cnm4j.core.sim;

import org.jspecify.annotations.NullMarked;
