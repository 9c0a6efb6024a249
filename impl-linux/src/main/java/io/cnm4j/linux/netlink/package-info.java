/**
 * Netlink: requests to the kernel and its answers, matched by sequence number.
 *
 * <p>Law: one socket belongs to one thread at a time and to the namespace in which it was opened. What the kernel says is
 * checked before it is believed: a malformed answer is a {@link io.cnm4j.linux.netlink.ProtocolException}. Several messages may
 * leave in one send; each has its own answer, and the kernel goes on after one that failed. Sources: netlink(7),
 * include/uapi/linux/netlink.h.
 */
@NullMarked
package io.cnm4j.linux.netlink;

import org.jspecify.annotations.NullMarked;
