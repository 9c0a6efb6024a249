/**
 * Connecting fresh sandboxes to bridges, and removing them, beside the bare kernel messages.
 *
 * <p>Law: {@link io.cnm4j.benchmarks.connect.Floor} makes the same kernel objects in the same order and with as many sends as the
 * library, from messages encoded beforehand; it decides nothing and keeps no record.
 */
@NullMarked
package io.cnm4j.benchmarks.connect;

import org.jspecify.annotations.NullMarked;
