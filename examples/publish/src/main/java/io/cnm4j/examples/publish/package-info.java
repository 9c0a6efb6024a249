/**
 * A web server on published ports, and who reaches it where.
 *
 * <p>Law: what is printed was tried; what turns out other than it should ends the program with the reason.
 */
@NullMarked
package io.cnm4j.examples.publish;

import org.jspecify.annotations.NullMarked;
