package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.spi.driver.EndpointState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An endpoint.
 *
 * @param version of this form, 1
 * @param id identity
 * @param network the network it is on
 * @param name name
 * @param addresses addresses with the lengths of their subnets, IPv4 first
 * @param mac hardware address
 * @param interfaceWish the interface name asked for
 * @param publish the ports to publish
 * @param options driver options
 * @param labels free labels
 * @param note the driver's
 * @param joined the sandbox it is in, if any
 */
public record EndpointRecord(
        int version,
        EndpointId id,
        NetworkId network,
        String name,
        List<IpPrefix> addresses,
        MacAddress mac,
        Optional<String> interfaceWish,
        List<PublishedPort> publish,
        Map<String, String> options,
        Map<String, String> labels,
        Map<String, String> note,
        Optional<Joined> joined) {

    /**
     * How an endpoint sits in a sandbox.
     *
     * @param sandbox the sandbox
     * @param interfaceName the interface's name in it
     * @param gatewayFor the families whose default route it gives the sandbox
     * @param ports the ports on which it is published
     */
    public record Joined(SandboxId sandbox, String interfaceName, List<Family> gatewayFor, List<PortMapping> ports) {

        /** Returns the same with these ports. */
        public Joined withPorts(List<PortMapping> published) {
            return new Joined(sandbox, interfaceName, gatewayFor, published);
        }
    }

    /** Returns this record with what the driver decided. */
    public EndpointRecord withNote(Map<String, String> decided) {
        return new EndpointRecord(
                version, id, network, name, addresses, mac, interfaceWish, publish, options, labels, decided, joined);
    }

    /** Returns this record in a sandbox, or in none. */
    public EndpointRecord withJoined(Optional<Joined> where) {
        return new EndpointRecord(
                version, id, network, name, addresses, mac, interfaceWish, publish, options, labels, note, where);
    }

    /** Tells whether it is in this sandbox. */
    public boolean isIn(SandboxId sandbox) {
        return joined.map(j -> j.sandbox().equals(sandbox)).orElse(false);
    }

    /** Returns what the driver sees. */
    public EndpointState state() {
        return EndpointState.builder()
                .id(id)
                .name(name)
                .addresses(addresses)
                .mac(mac)
                .options(options)
                .note(note)
                .build();
    }
}
