/**
 * Calls to a cluster of servers that speak HTTP and JSON.
 *
 * <p>Law: a call goes to one server after the other until one answers or the deadline is over; a call that may have reached a server is
 * repeated only if repeating it does no harm, and the caller says whether. No call outlives its deadline. What is
 * closed has no thread and no connection any more when close returns.
 */
@NullMarked
package io.cnm4j.kvstore.http;

import org.jspecify.annotations.NullMarked;
