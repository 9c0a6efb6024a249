/**
 * A VXLAN endpoint in user space: RFC 7348 between TAP devices and UDP sockets, for hosts whose kernel has no VXLAN or no IPsec and
 * for users who are not root.
 *
 * <p>Law: the threads that move frames allocate nothing, take no lock and keep no queue of their own: where a socket takes no more,
 * the device is not read. A frame from outside changes counters and nothing else; the table changes only by its owner's word.
 */
@NullMarked
package io.cnm4j.linux.vxlan;

import org.jspecify.annotations.NullMarked;
