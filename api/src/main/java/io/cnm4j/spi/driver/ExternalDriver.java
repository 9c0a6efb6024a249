package io.cnm4j.spi.driver;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.host.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A driver whose networks and endpoints somebody else makes. Its plans are pure like those of any driver; the calls here are
 * what no plan can show. The core notes each before it makes it, and takes it back by the inverse call: also when it does not
 * know whether the first one arrived. So what an inverse call does not find is fine.
 *
 * <p>Every call ends at the deadline with {@link io.cnm4j.api.error.DeadlineException}, or throws {@link
 * io.cnm4j.api.error.PluginException}; unless that says that the call was refused, its outcome is unknown.
 */
public interface ExternalDriver extends NetworkDriver {

    /**
     * What an endpoint has once it is made: what was asked for, and what the other side chose itself.
     *
     * @param addresses all its addresses, IPv4 first
     * @param mac its hardware address, if anybody chose one
     * @param note what the driver keeps of it
     */
    record Made(List<IpPrefix> addresses, Optional<MacAddress> mac, Map<String, String> note) {
        /** Copies the collections. */
        public Made {
            addresses = List.copyOf(addresses);
            note = Map.copyOf(note);
        }
    }

    /**
     * What a sandbox gets.
     *
     * @param interfaceName the interface's full name in the sandbox; numbered if absent
     * @param interfacePrefix what a numbered name begins with
     * @param note what {@link #planAttachment} needs, to be added to the endpoint's note
     */
    record Offer(Optional<String> interfaceName, String interfacePrefix, Map<String, String> note) {
        /** Copies the map. */
        public Offer {
            note = Map.copyOf(note);
        }
    }

    /** The same as without a deadline; may ask. Changes nothing on the other side. */
    NetworkNeeds needs(NetworkState network, Deadline deadline);

    /** Goes on only if the other side answers. */
    void probe(Deadline deadline);

    /** Makes a network. */
    void createNetwork(NetworkState network, Deadline deadline);

    /** Removes a network. */
    void deleteNetwork(NetworkId network, Deadline deadline);

    /**
     * Makes an endpoint.
     *
     * @param endpoint the endpoint with the addresses that were leased for it
     * @param mac the hardware address that was asked for
     */
    Made createEndpoint(NetworkState network, EndpointState endpoint, Optional<MacAddress> mac, Deadline deadline);

    /** Removes an endpoint. */
    void deleteEndpoint(NetworkId network, EndpointId endpoint, Deadline deadline);

    /**
     * Makes what a sandbox needs.
     *
     * @param sandbox the sandbox' name on the other side: the path of its namespace
     */
    Offer join(NetworkState network, EndpointState endpoint, String sandbox, Deadline deadline);

    /** Takes back what {@link #join} made. The interface is still in the sandbox. */
    void leave(NetworkId network, EndpointId endpoint, Deadline deadline);

    /**
     * Says that the endpoint is its sandbox' way outside from now on, where its ports are published. May be said again.
     *
     * @param otherForIpv6 whether another endpoint is the way outside for IPv6
     */
    void serveAsGateway(NetworkId network, EndpointState endpoint, boolean otherForIpv6, Deadline deadline);

    /** Says that the endpoint is its sandbox' way outside no more. */
    void serveNoMore(NetworkId network, EndpointId endpoint, Deadline deadline);

    /** Returns what there is to know of an endpoint now; may ask. Changes nothing on the other side. */
    default Map<String, String> info(NetworkId network, EndpointId endpoint, Deadline deadline) {
        return Map.of();
    }
}
