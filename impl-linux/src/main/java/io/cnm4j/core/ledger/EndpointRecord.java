package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.ServicePort;
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
 * @param options driver options
 * @param labels free labels
 * @param called what it is called besides its name
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
        Map<String, String> options,
        Map<String, String> labels,
        Called called,
        Map<String, String> note,
        Optional<Joined> joined) {

    /**
     * How an endpoint sits in a sandbox.
     *
     * @param sandbox the sandbox
     * @param interfaceName the interface's name in it; empty if the network brings none
     * @param gatewayFor the families whose default route it gives the sandbox
     */
    public record Joined(SandboxId sandbox, String interfaceName, List<Family> gatewayFor) {}

    /**
     * What an endpoint is called besides its name.
     *
     * @param aliases more names on its network
     * @param links alias to name, for its own sandbox alone
     * @param services what it serves
     */
    public record Called(List<String> aliases, Map<String, String> links, List<ServicePort> services) {}

    /** Returns this record with what the driver decided. */
    public EndpointRecord withNote(Map<String, String> decided) {
        return new EndpointRecord(
                version,
                id,
                network,
                name,
                addresses,
                mac,
                interfaceWish,
                gatewayPriority,
                options,
                labels,
                called,
                decided,
                joined);
    }

    /** Returns this record with other addresses. */
    public EndpointRecord withAddresses(List<IpPrefix> other, MacAddress hardware) {
        return new EndpointRecord(
                version,
                id,
                network,
                name,
                other,
                hardware,
                interfaceWish,
                gatewayPriority,
                options,
                labels,
                called,
                note,
                joined);
    }

    /** Returns this record with another wish for the name of its interface. */
    public EndpointRecord withInterfaceWish(Optional<String> wish) {
        return new EndpointRecord(
                version,
                id,
                network,
                name,
                addresses,
                mac,
                wish,
                gatewayPriority,
                options,
                labels,
                called,
                note,
                joined);
    }

    /** Returns this record in a sandbox, or in none. */
    public EndpointRecord withJoined(Optional<Joined> where) {
        return new EndpointRecord(
                version,
                id,
                network,
                name,
                addresses,
                mac,
                interfaceWish,
                gatewayPriority,
                options,
                labels,
                called,
                note,
                where);
    }

    /** Returns this record as gateway of these families, and of no other. */
    public EndpointRecord asGatewayFor(List<Family> families) {
        return withJoined(joined.map(j -> new Joined(j.sandbox(), j.interfaceName(), List.copyOf(families))));
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
                .options(options)
                .note(note)
                .build();
    }
}
