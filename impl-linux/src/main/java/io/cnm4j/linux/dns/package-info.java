/**
 * Name servers inside sandboxes: a UDP and a TCP socket each, opened in the sandbox, served by a few event loops that all sandboxes of
 * a controller share.
 * <p>Law: what a container or an upstream sends is bounded in size, time and number, and never believed; a local answer waits for
 * nobody; whatever is asked gets an answer or, if it is no question, nothing. All state of a sandbox is used by its loop alone.
 */
@NullMarked
package io.cnm4j.linux.dns;

import org.jspecify.annotations.NullMarked;
