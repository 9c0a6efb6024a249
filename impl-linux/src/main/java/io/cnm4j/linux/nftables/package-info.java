/**
 * The firewall model as nfnetlink messages.
 *
 * <p>Law: a change is one batch, and a batch is all or nothing. Numbers are in network order, interface names are 16 octets.
 * Constants are those of include/uapi/linux/netfilter/nf_tables.h. Of iptables-legacy, whose rules are no messages, the table "filter" is
 * read, never written.
 */
@NullMarked
package io.cnm4j.linux.nftables;

import org.jspecify.annotations.NullMarked;
