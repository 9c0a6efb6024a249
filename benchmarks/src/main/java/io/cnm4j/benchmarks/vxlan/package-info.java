/**
 * What the VXLAN codec and the user-space endpoint cost.
 *
 * <p>Law: beside each figure stand, in the same run, its floor and the plain way to do it. The floor of header work is the same in C
 * ({@code benchmarks/src/main/c}), of work on payload a copy of the same octets.
 */
@NullMarked
package io.cnm4j.benchmarks.vxlan;

import org.jspecify.annotations.NullMarked;
