package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.spi.driver.EndpointState;
import java.util.List;

/**
 * An endpoint as all hosts see it.
 *
 * @param version of this form, 1
 * @param id identity
 * @param network the network it is on
 * @param name name
 * @param host the controller that has it
 * @param underlay the address of that host
 * @param addresses addresses with the lengths of their subnets, IPv4 first
 * @param mac hardware address
 * @param names what it is called on its network while it is in a sandbox; empty while it is in none
 * @param services what it serves there
 */
public record ClusterEndpoint(
        int version,
        EndpointId id,
        NetworkId network,
        String name,
        String host,
        IpAddress underlay,
        List<IpPrefix> addresses,
        MacAddress mac,
        List<String> names,
        List<ServicePort> services) {

    /** Returns an endpoint of this host, with the names that it has in its sandbox. */
    public static ClusterEndpoint of(EndpointRecord endpoint, List<String> names, String host, IpAddress underlay) {
        return new ClusterEndpoint(
                1,
                endpoint.id(),
                endpoint.network(),
                endpoint.name(),
                host,
                underlay,
                endpoint.addresses(),
                endpoint.mac(),
                names,
                names.isEmpty() ? List.of() : endpoint.called().services());
    }

    /** Returns what a driver sees. */
    public EndpointState state() {
        return EndpointState.builder()
                .id(id)
                .name(name)
                .addresses(addresses)
                .mac(mac)
                .build();
    }
}
