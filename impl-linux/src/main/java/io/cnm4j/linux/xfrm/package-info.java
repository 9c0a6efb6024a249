/**
 * IPsec of the kernel, NETLINK_XFRM of linux/xfrm.h: policies say that what goes to a port is encrypted, states have the keys.
 *
 * <p>Law: the policies are there before the first packet and go after the last; whatever becomes of states, what a policy asks for leaves
 * encrypted or not at all. Everything of a controller has its number, the reqid; nothing of another number is touched. No text has a key.
 */
@NullMarked
package io.cnm4j.linux.xfrm;

import org.jspecify.annotations.NullMarked;
