/**
 * Immutable requests, answers and values: what goes into a controller and what comes out.
 *
 * <p>Law: a value is checked once, at birth, and never changes; whoever holds one may share it with any thread. A wrong
 * value is an {@link io.cnm4j.api.error.InvalidRequestException} that names the value and the way out.
 */
@NullMarked
@Value.Style(
        visibility = Value.Style.ImplementationVisibility.PACKAGE,
        overshadowImplementation = true,
        get = "*",
        jdkOnly = true)
package io.cnm4j.api.model;

import org.immutables.value.Value;
import org.jspecify.annotations.NullMarked;
