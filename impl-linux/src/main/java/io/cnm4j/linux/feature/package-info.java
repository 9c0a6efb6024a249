/**
 * What this kernel can do.
 *
 * <p>Law: a feature is probed by trying it in a namespace of its own, once; its absence is a sentence with the kernel version
 * that brings it.
 */
@NullMarked
package io.cnm4j.linux.feature;

import org.jspecify.annotations.NullMarked;
