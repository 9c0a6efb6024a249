package io.cnm4j.core.ledger;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.ipam.PoolState;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import java.util.List;
import java.util.Optional;

/**
 * What was asked of somebody else for a network or an endpoint. It is written before the first call and goes after the last inverse
 * call: where it does not agree with the record, something was interrupted.
 *
 * @param version of this form, 1
 * @param network the network
 * @param endpoint the endpoint; absent if it is about the network itself
 * @param driver the network driver's name
 * @param ipam the IPAM driver's name
 * @param stage how far it got
 * @param pools what the IPAM driver gave the network
 * @param addresses what the IPAM driver gave the endpoint
 * @param link the link that is to be handed back
 * @param serving whether the driver was told that the endpoint is its sandbox' way outside
 */
public record EffectRecord(
        int version,
        NetworkId network,
        Optional<EndpointId> endpoint,
        String driver,
        String ipam,
        Stage stage,
        List<PoolState> pools,
        List<IpPrefix> addresses,
        Optional<MoveLink> link,
        boolean serving) {

    /** What was asked last. */
    public enum Stage {
        /** The IPAM driver was asked. */
        LEASING,
        /** The driver was asked to make it. */
        MAKING,
        /** The driver was asked to let it join a sandbox. */
        JOINING,
        /** The driver was asked to let it leave. */
        LEAVING,
        /** The driver was asked to remove it. */
        GOING
    }

    /** Returns what nothing was asked of yet. */
    public static EffectRecord of(NetworkRecord network, Optional<EndpointId> endpoint) {
        return new EffectRecord(
                1,
                network.id(),
                endpoint,
                network.driver(),
                network.ipam(),
                Stage.LEASING,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }

    /** Returns the id of the network or endpoint. */
    public String id() {
        return endpoint.map(EndpointId::value).orElse(network.value());
    }

    /** Returns this at another stage. */
    public EffectRecord at(Stage next) {
        return new EffectRecord(version, network, endpoint, driver, ipam, next, pools, addresses, link, serving);
    }

    /** Returns this with what the IPAM driver gave. */
    public EffectRecord with(List<PoolState> given, List<IpPrefix> leased) {
        return new EffectRecord(version, network, endpoint, driver, ipam, stage, given, leased, link, serving);
    }

    /** Returns this with a link to be handed back, or none. */
    public EffectRecord with(Optional<MoveLink> moved) {
        return new EffectRecord(version, network, endpoint, driver, ipam, stage, pools, addresses, moved, serving);
    }

    /** Returns this with what the driver was told last of the way outside. */
    public EffectRecord serving(boolean told) {
        return new EffectRecord(version, network, endpoint, driver, ipam, stage, pools, addresses, link, told);
    }

    /** Returns this as it is when nothing is in a sandbox any more. */
    public EffectRecord left() {
        return new EffectRecord(
                version, network, endpoint, driver, ipam, Stage.MAKING, pools, addresses, Optional.empty(), false);
    }

    /** Returns {@code network ID} or {@code endpoint ID}. */
    public String subject() {
        return (endpoint.isPresent() ? "endpoint " : "network ") + id();
    }
}
