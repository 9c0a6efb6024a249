/**
 * Published ports.
 *
 * <p>Law: the floor is the transaction of the same elements in the same table, encoded and sent on one socket, in the same run.
 */
@NullMarked
package io.cnm4j.benchmarks.ports;

import org.jspecify.annotations.NullMarked;
