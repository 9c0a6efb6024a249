/**
 * What can go wrong, as types.
 *
 * <p>Law: one unchecked root; a leaf exists only where a caller would act differently. Facts are accessors, advice is in
 * the message, and a message says what happened, with which values, and what to do now. After any of these was thrown
 * nothing has changed, unless the message says so. What failed while undoing is in {@link Throwable#getSuppressed()}.
 */
@NullMarked
package io.cnm4j.api.error;

import org.jspecify.annotations.NullMarked;
