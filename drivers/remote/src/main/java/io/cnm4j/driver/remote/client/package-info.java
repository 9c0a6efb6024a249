/**
 * Finding plug-ins and asking them.
 *
 * <p>Law: a plug-in may be dead, slow or hostile and hurts nobody but who asks it. Every call ends at its deadline; an answer is bounded
 * in size and depth before it is read; a plug-in that fails again and again is left alone for a while (the breaker), so that its callers
 * fail at once; nothing is asked before somebody needs it. Retried is only what was certainly not delivered: a connection that could not
 * be made. Every exception names the plug-in. All classes are thread-safe.
 */
@NullMarked
package io.cnm4j.driver.remote.client;

import org.jspecify.annotations.NullMarked;
