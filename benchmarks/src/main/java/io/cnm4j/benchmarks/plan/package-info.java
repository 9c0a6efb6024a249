/**
 * What plans and messages cost before the kernel sees them. Suites for JMH; each has its floor beside it.
 *
 * <p>Law: no kernel work here.
 */
@NullMarked
package io.cnm4j.benchmarks.plan;

import org.jspecify.annotations.NullMarked;
