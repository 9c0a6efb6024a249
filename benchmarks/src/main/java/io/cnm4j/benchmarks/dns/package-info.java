/**
 * Questions to the name server.
 *
 * <p>Law: one client, the same for server and floor, keeps 64 questions under way; the floor is an echo in the same namespace, in the
 * same run, turn by turn with ours. By UDP in one sandbox, client and echo are C with batched calls; else they are on event loops.
 */
@NullMarked
package io.cnm4j.benchmarks.dns;

import org.jspecify.annotations.NullMarked;
