package io.cnm4j.driver.bridge;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.Mark;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks at the host and the siblings, and decides what a new network will be. */
final class BridgeDecision {
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/64");

    private final NetworkState network;
    private final BridgeOptions options;
    private final DriverContext context;
    private final HostView host;

    BridgeDecision(NetworkState network, BridgeOptions options, DriverContext context) {
        this.network = network;
        this.options = options;
        this.context = context;
        this.host = context.host();
    }

    BridgeNote decide() {
        checkPools();
        requireFeatures();
        String bridge = options.bridgeName().orElseGet(() -> Shards.usualName(network, options.shards()));
        checkSiblings(bridge);
        Optional<LinkFacts> there = host.link(bridge);
        if (options.shards() > 1) {
            checkShards(there);
        }
        there.ifPresent(this::checkAdoptable);
        Optional<MacAddress> mac = there.isPresent()
                ? Optional.empty()
                : Optional.of(MacAddress.localUnicast(context.random().nextLong()));
        boolean ipv6Known =
                host.sysctl(HostFirewall.forwarding(Family.IPV6).key()).isPresent();
        return new BridgeNote(bridge, mac, forwarding(), ipv6Known);
    }

    /** Goes on only if the network may have these subnets besides those it was made with. */
    void admit(List<NetworkPool> added) {
        BridgeNote note = BridgeNote.of(network.note());
        added.forEach(this::checkPool);
        checkSubnets(added);
        if (note.adopted()) {
            checkAddresses(note.bridge(), added);
        }
    }

    private List<Family> families() {
        return List.of(Family.values()).stream().filter(this::isOn).toList();
    }

    private boolean isOn(Family family) {
        return family == Family.IPV4 ? network.ipv4() : network.ipv6();
    }

    private void checkPools() {
        for (Family family : Family.values()) {
            List<NetworkPool> pools = network.pools().stream()
                    .filter(pool -> pool.subnet().family() == family)
                    .toList();
            if (pools.size() != (isOn(family) ? 1 : 0)) {
                throw new InvalidRequestException("a bridge network has " + (isOn(family) ? "one " : "no ") + family
                        + " subnet, but '"
                        + network.name() + "' has " + pools.size() + ": "
                        + pools.stream().map(pool -> pool.subnet().toString()).toList());
            }
            pools.forEach(this::checkPool);
        }
    }

    private void checkPool(NetworkPool pool) {
        IpPrefix subnet = pool.subnet();
        if (subnet.address().isMulticast() || (subnet.overlaps(LINK_LOCAL) && !subnet.equals(LINK_LOCAL))) {
            throw new InvalidRequestException("subnet " + subnet + " of network '" + network.name()
                    + "' cannot be that of a bridge: it is multicast or overlaps " + LINK_LOCAL + "; choose another");
        }
        if (!BridgePlans.hasAddress(pool, options) && options.gatewayMode(subnet.family()) == GatewayMode.ISOLATED) {
            return;
        }
        if (pool.gateway().isEmpty()) {
            throw new InvalidRequestException("subnet " + subnet + " of network '" + network.name()
                    + "' has no gateway, which a bridge needs; give one or leave the choice to the IPAM driver");
        }
        checkInside("gateway", pool.gateway().orElseThrow(), subnet);
        String override = BridgePlans.gatewayOverride(subnet.family());
        IpAddress gateway = pool.auxiliary().get(override);
        if (gateway == null) {
            return;
        }
        checkInside("auxiliary address " + override, gateway, subnet);
        if (network.internal()) {
            throw new InvalidRequestException(
                    "auxiliary address " + override + "=" + gateway + " of network '" + network.name()
                            + "' means nothing on an internal network, which has no default route; leave it out");
        }
    }

    private void checkInside(String what, IpAddress address, IpPrefix subnet) {
        if (!subnet.contains(address)) {
            throw new InvalidRequestException(what + " " + address + " of network '" + network.name()
                    + "' is not inside subnet " + subnet + "; choose one that is");
        }
    }

    private void requireFeatures() {
        host.require(KernelFeature.BRIDGE);
        host.require(KernelFeature.VETH);
        if (options.firewall()) {
            host.require(KernelFeature.NFTABLES_INET);
        }
        if (!options.icc()) {
            host.require(KernelFeature.BRIDGE_PORT_ISOLATION);
        }
        if (network.ipv6()) {
            host.require(KernelFeature.IPV6);
        }
    }

    private void checkSiblings(String bridge) {
        BridgeNote.withBridge(context.siblings(), bridge).findFirst().ifPresent(sibling -> {
            throw new ConflictException("bridge '" + bridge + "' belongs to network '" + sibling.name()
                    + "'; choose another with option " + BridgeOptions.BRIDGE_NAME);
        });
        checkSubnets(network.pools());
    }

    private void checkSubnets(List<NetworkPool> pools) {
        for (NetworkPool mine : pools) {
            context.siblings()
                    .overlapping(mine.subnet())
                    .forEach(sibling -> sibling.pools().forEach(pool -> checkOverlap(mine, pool, sibling)));
        }
    }

    private void checkOverlap(NetworkPool mine, NetworkPool other, NetworkState sibling) {
        if (other.subnet().overlaps(mine.subnet())) {
            throw new ConflictException("subnet " + mine.subnet() + " of network '" + network.name() + "' overlaps "
                    + other.subnet() + " of network '" + sibling.name() + "'; choose another subnet");
        }
    }

    private void checkShards(Optional<LinkFacts> there) {
        there.filter(link -> Mark.owner(link.alias()).isEmpty()).ifPresent(link -> {
            throw new ConflictException("bridge '" + link.name()
                    + "' is not cnm4j's and stays as it is, alone; leave option " + BridgeOptions.SHARDS
                    + " out, or choose another name with option " + BridgeOptions.BRIDGE_NAME);
        });
        for (NetworkPool pool : network.pools()) {
            String override = BridgePlans.gatewayOverride(pool.subnet().family());
            if (pool.auxiliary().containsKey(override)) {
                throw new InvalidRequestException("auxiliary address " + override + " of network '" + network.name()
                        + "' cannot be the default gateway with option " + BridgeOptions.SHARDS + "=" + options.shards()
                        + ": endpoints reach each other by the bridges; leave one of the two out");
            }
        }
    }

    private void checkAdoptable(LinkFacts link) {
        Optional<String> owner = Mark.owner(link.alias());
        if (owner.isPresent()) {
            throw new ConflictException("link '" + link.name() + "' belongs to "
                    + (Mark.isOf(network.controller(), link.alias())
                            ? "this controller"
                            : "controller " + owner.orElseThrow())
                    + ", it is marked '" + link.alias() + "'; choose another bridge name with option "
                    + BridgeOptions.BRIDGE_NAME);
        }
        if (!link.kind().equals("bridge")) {
            throw new ConflictException("link '" + link.name() + "' exists and is no bridge, its kind is '"
                    + link.kind() + "'; choose another bridge name with option " + BridgeOptions.BRIDGE_NAME);
        }
        checkAddresses(link.name(), network.pools());
    }

    private void checkAddresses(String bridge, List<NetworkPool> pools) {
        List<IpPrefix> addresses = host.addresses(bridge);
        for (NetworkPool pool : pools) {
            IpPrefix wanted = BridgePlans.bridgeAddress(pool);
            if (BridgePlans.hasAddress(pool, options) && !addresses.contains(wanted)) {
                throw new ConflictException("bridge '" + bridge + "' is not cnm4j's and has " + addresses
                        + ", not the gateway of network '" + network.name() + "'; run 'ip address add " + wanted
                        + " dev "
                        + bridge + "', or ask for subnet and gateway that it has");
            }
        }
    }

    private Set<Family> forwarding() {
        var ours = EnumSet.noneOf(Family.class);
        if (!network.internal() || options.shards() > 1) { // from bridge to bridge too
            families().stream().filter(this::needsForwarding).forEach(ours::add);
        }
        return ours;
    }

    /** Tells whether forwarding is, or already was, turned on by us. */
    private boolean needsForwarding(Family family) {
        boolean oursAlready =
                BridgeNote.withForwarding(context.siblings(), family).findAny().isPresent();
        String key = HostFirewall.forwarding(family).key();
        if (!oursAlready && host.sysctl(key).filter("0"::equals).isEmpty()) {
            return false;
        }
        if (!options.firewall()) {
            throw new UnsupportedException("network '" + network.name() + "' needs IP forwarding and has "
                    + BridgeOptions.FIREWALL + "=false, but what cnm4j turns on it also guards; run 'sysctl -w " + key
                    + "=1' and open no other network here");
        }
        if (!oursAlready && !context.mayForward()) {
            throw new UnsupportedException(
                    "network '" + network.name() + "' needs IP forwarding, which cnm4j may not turn on; run 'sysctl -w "
                            + key + "=1', set enableForwarding in the configuration, or make the network internal");
        }
        return true;
    }
}
