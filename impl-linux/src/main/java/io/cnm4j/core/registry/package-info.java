/**
 * What the class path offers: drivers, IPAM drivers and stores, by name.
 *
 * <p>Law: here alone is {@link java.util.ServiceLoader} asked. Two of one name are an error that names both classes.
 */
@NullMarked
package io.cnm4j.core.registry;

import org.jspecify.annotations.NullMarked;
