/**
 * A network driver of one's own, written against the API alone and found by {@link java.util.ServiceLoader}.
 *
 * <p>Law: that of {@link io.cnm4j.spi.driver}: plans are computed from records, nothing is kept, nothing is changed. All it takes is
 * the driver, a line in {@code META-INF/services}, and the jar on the class path.
 */
@NullMarked
package io.cnm4j.examples.customdriver;

import org.jspecify.annotations.NullMarked;
