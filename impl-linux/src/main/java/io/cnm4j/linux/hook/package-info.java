/**
 * Runtimes hand over the network namespaces of their containers: a program that they start as a hook, and the socket that it talks to.
 *
 * <p>Law: a message is one JSON object of at most 64 KiB, sent within ten seconds; the answer is {@code success}, or what went wrong, and
 * then the end. Whoever may write to the socket may hand over namespaces: it belongs to the controller's user alone.
 */
@NullMarked
package io.cnm4j.linux.hook;

import org.jspecify.annotations.NullMarked;
