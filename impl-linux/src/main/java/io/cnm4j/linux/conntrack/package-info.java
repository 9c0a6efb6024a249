/**
 * Tracked connections, as ctnetlink tells of them.
 *
 * <p>Law: only connections that are asked for by what they are like come back, and only those are deleted, each by itself. Constants are
 * those of include/uapi/linux/netfilter/nfnetlink_conntrack.h.
 */
@NullMarked
package io.cnm4j.linux.conntrack;

import org.jspecify.annotations.NullMarked;
