/**
 * Three sandboxes on two networks, and what their resolvers find there.
 *
 * <p>Law: what is printed was answered to clients of the system in the sandbox; an answer other than it should be ends the program.
 */
@NullMarked
package io.cnm4j.examples.names;

import org.jspecify.annotations.NullMarked;
