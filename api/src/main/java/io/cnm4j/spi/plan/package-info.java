/**
 * The language drivers speak: what the kernel should hold, as a value.
 *
 * <p>Law: a {@link io.cnm4j.spi.plan.Plan} is immutable, ordered and complete. It is the list of operations and the description
 * of their result at once, so the same value is applied, removed, rendered, checked and ensured. Equal inputs give equal
 * plans. Every operation names the object it brings into being ({@link io.cnm4j.spi.plan.Claim}); an object has one claimant
 * unless the operation says that it is shared.
 */
@NullMarked
package io.cnm4j.spi.plan;

import org.jspecify.annotations.NullMarked;
