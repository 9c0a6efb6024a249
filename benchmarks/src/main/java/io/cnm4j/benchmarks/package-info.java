/**
 * Benchmarks: each answers one question and has a floor beside it, measured in the same run.
 *
 * <p>Law: ours and the floor take turns sample by sample, so that noise hits both. Kernel work happens in a namespace made for it. Every
 * figure is a ratio with its budget; times orient. Results are kept under {@code results/}, one directory a date and machine.
 */
@NullMarked
package io.cnm4j.benchmarks;

import org.jspecify.annotations.NullMarked;
