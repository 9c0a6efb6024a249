package io.cnm4j.api.model;

import java.util.List;
import java.util.Set;

/**
 * From where a published port is reached.
 *
 * @param port the port
 * @param from where a client may be, as far as this library has a say
 * @param doubts base chains of other programs that drop what they do not accept, such as {@code ip filter FORWARD}, and have no rule
 *     for the network; for a port that is relayed those on the way to programs of the host. Where one of them does not let it pass, only the
 *     host itself reaches the port. Rules of nftables and the table {@code filter} of iptables-legacy are read, no others
 */
public record Exposure(PortMapping port, Set<Origin> from, List<String> doubts) {
    /** Copies both. */
    public Exposure {
        from = Set.copyOf(from);
        doubts = List.copyOf(doubts);
    }

    /** Where a client may be. */
    public enum Origin {
        /** On the host itself. */
        HOST,
        /** On the same network. */
        OWN_NETWORK,
        /** On another network of this controller that is not internal. */
        OTHER_NETWORKS,
        /** On any other machine that has a way to the address. */
        OTHER_HOSTS
    }
}
