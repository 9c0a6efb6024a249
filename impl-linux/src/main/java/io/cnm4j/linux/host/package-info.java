/**
 * What a controller may ask about its host and do inside namespaces, beside carrying out plans.
 *
 * <p>Law: nothing here changes the network state of the host; features are tried in namespaces that are made for it. Answers are of
 * the moment.
 */
@NullMarked
package io.cnm4j.linux.host;

import org.jspecify.annotations.NullMarked;
