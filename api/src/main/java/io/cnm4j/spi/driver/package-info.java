/**
 * Network drivers.
 *
 * <p>Law: a driver is a pure planner. What depends on the host or on chance is decided once, when a network or endpoint is
 * born, and written into its note, which is part of the record; a plan is computed from the record alone, so that the same
 * plan comes out after a restart. A driver keeps no state, changes nothing, and may be called by many threads at once. The
 * contract is {@code NetworkDriverContract} of the tests jar.
 */
@NullMarked
@Value.Style(
        visibility = Value.Style.ImplementationVisibility.PACKAGE,
        overshadowImplementation = true,
        get = "*",
        jdkOnly = true)
package io.cnm4j.spi.driver;

import org.immutables.value.Value;
import org.jspecify.annotations.NullMarked;
