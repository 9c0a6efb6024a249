/**
 * The crash lab: JVMs that change networks are killed at any moment; the next one on the same directories must find everything that
 * was acknowledged, and nothing may be left over.
 *
 * <p>Law: {@link io.cnm4j.examples.crashlab.World} is what must be, by what was acknowledged alone. A
 * {@link io.cnm4j.examples.crashlab.Victim} says what is; it knows nothing of what must be. All chance comes from the seed.
 */
@org.jspecify.annotations.NullMarked
package io.cnm4j.examples.crashlab;
