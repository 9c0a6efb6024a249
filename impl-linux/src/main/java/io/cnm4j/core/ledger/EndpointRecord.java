package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PortMapping;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.api.model.StaticRoute;
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
 * @param gatewayPriority how much it should be the gateway of its sandbox
 * @param publish the ports to publish
 * @param options driver options
 * @param labels free labels
 * @param called what it is called besides its name
 * @param added what its sandbox has by it besides
 * @param wayOutOf the sandbox for which the controller made it, to lead it outside; none for those of callers
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
        int gatewayPriority,
        List<PublishedPort> publish,
        Map<String, String> options,
        Map<String, String> labels,
        Called called,
        Added added,
        Optional<SandboxId> wayOutOf,
        Map<String, String> note,
        Optional<Joined> joined) {

    /**
     * How an endpoint sits in a sandbox.
     *
     * @param sandbox the sandbox
     * @param interfaceName the interface's name in it; empty if the network brings none
     * @param gatewayFor the families whose default route it gives the sandbox
     * @param ports the ports on which it is published
     */
    public record Joined(SandboxId sandbox, String interfaceName, List<Family> gatewayFor, List<PortMapping> ports) {}

    /**
     * What an endpoint is called besides its name.
     *
     * @param aliases more names on its network
     * @param links alias to name, for its own sandbox alone
     * @param services what it serves
     * @param expose the ports on which those reach it that link to it
     */
    public record Called(
            List<String> aliases, Map<String, String> links, List<ServicePort> services, List<ContainerPorts> expose) {}

    /**
     * What a sandbox has by an endpoint besides what follows from its network.
     *
     * @param linkLocal addresses that nobody leased
     * @param routes routes
     */
    public record Added(List<IpAddress> linkLocal, List<StaticRoute> routes) {
        private static final int LENGTH4 = 16; // RFC 3927
        private static final int LENGTH6 = 64; // RFC 4291 section 2.5.6

        /** Returns the link-local addresses with the lengths of their subnets. */
        public List<IpPrefix> prefixes() {
            return linkLocal.stream()
                    .map(address -> new IpPrefix(address, address.family() == Family.IPV4 ? LENGTH4 : LENGTH6))
                    .toList();
        }
    }

    /** Returns this record with what the driver decided. */
    public EndpointRecord withNote(Map<String, String> decided) {
        return with(addresses, mac, interfaceWish, publish, wayOutOf, decided, joined);
    }

    /** Returns this record with other addresses. */
    public EndpointRecord withAddresses(List<IpPrefix> other, MacAddress hardware) {
        return with(other, hardware, interfaceWish, publish, wayOutOf, note, joined);
    }

    /** Returns this record with another wish for the name of its interface. */
    public EndpointRecord withInterfaceWish(Optional<String> wish) {
        return with(addresses, mac, wish, publish, wayOutOf, note, joined);
    }

    /** Returns this record in a sandbox, or in none. */
    public EndpointRecord withJoined(Optional<Joined> where) {
        return with(addresses, mac, interfaceWish, publish, wayOutOf, note, where);
    }

    /** Returns this record as the way outside of a sandbox. */
    public EndpointRecord asWayOutOf(SandboxId sandbox) {
        return with(addresses, mac, interfaceWish, publish, Optional.of(sandbox), note, joined);
    }

    /** Returns this record with other ports to publish. */
    public EndpointRecord withWishes(List<PublishedPort> ports) {
        return with(addresses, mac, interfaceWish, List.copyOf(ports), wayOutOf, note, joined);
    }

    /** Returns this record with another name. */
    public EndpointRecord named(String other) {
        return new EndpointRecord(
                version,
                id,
                network,
                other,
                addresses,
                mac,
                interfaceWish,
                gatewayPriority,
                publish,
                options,
                labels,
                called,
                added,
                wayOutOf,
                note,
                joined);
    }

    private EndpointRecord with(
            List<IpPrefix> addressed,
            MacAddress hardware,
            Optional<String> wish,
            List<PublishedPort> ports,
            Optional<SandboxId> sandbox,
            Map<String, String> noted,
            Optional<Joined> where) {
        return new EndpointRecord(
                version,
                id,
                network,
                name,
                addressed,
                hardware,
                wish,
                gatewayPriority,
                ports,
                options,
                labels,
                called,
                added,
                sandbox,
                noted,
                where);
    }

    /** Returns this record as gateway of these families, and of no other; on the ports it had until now. */
    public EndpointRecord asGatewayFor(List<Family> families) {
        return withJoined(
                joined.map(j -> new Joined(j.sandbox(), j.interfaceName(), List.copyOf(families), j.ports())));
    }

    /** Returns this record published on these ports, and on no other. */
    public EndpointRecord withPorts(List<PortMapping> ports) {
        return withJoined(
                joined.map(j -> new Joined(j.sandbox(), j.interfaceName(), j.gatewayFor(), List.copyOf(ports))));
    }

    /** Tells whether it is in this sandbox. */
    public boolean isIn(SandboxId sandbox) {
        return joined.map(j -> j.sandbox().equals(sandbox)).orElse(false);
    }

    /** Returns what the driver sees. */
    public EndpointState state() {
        return state(false);
    }

    /** The same when it is decided on, and whether its hardware address was asked for is of interest. */
    public EndpointState state(boolean macRequested) {
        return EndpointState.builder()
                .id(id)
                .name(name)
                .addresses(addresses)
                .mac(mac)
                .macRequested(macRequested)
                .publish(publish)
                .options(options)
                .note(note)
                .build();
    }
}
