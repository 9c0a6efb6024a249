/**
 * Networks across hosts beside hand-made kernel VXLAN.
 *
 * <p>Law: both sides have the same links on the same two hosts and are measured in turns within one run; a real etcd is the store.
 */
@NullMarked
package io.cnm4j.benchmarks.overlay;

import org.jspecify.annotations.NullMarked;
