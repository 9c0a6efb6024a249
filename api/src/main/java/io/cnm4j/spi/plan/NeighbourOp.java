package io.cnm4j.spi.plan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.util.List;
import java.util.Optional;

/** A step that says where an address is: neighbours, and ports and hosts of hardware addresses. */
public sealed interface NeighbourOp extends KernelOp {
    /**
     * A permanent neighbour: which hardware address an address has.
     *
     * @param namespace where the link is
     * @param link the link's name
     * @param address the neighbour's address
     * @param mac its hardware address
     */
    record AddNeighbour(NamespaceRef namespace, String link, IpAddress address, MacAddress mac) implements NeighbourOp {
        @Override
        public Optional<Claim> claim() {
            return namespace.isHost()
                    ? Optional.of(new Claim("neighbour " + link + " " + address, false))
                    : Optional.empty();
        }

        @Override
        public List<String> render() {
            return List.of(
                    namespace.run("ip neigh add " + address + " lladdr " + mac + " dev " + link + " nud permanent"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip neigh del " + address + " dev " + link));
        }
    }

    /**
     * An IPv6 address for which the host answers neighbour solicitations that come in by a link: who asks sends to the host, which
     * routes. RFC 4389 section 4.1.3 speaks of it, ip-neighbour(8) calls it a proxy.
     *
     * @param namespace where the link is
     * @param link the link's name; it has the parameter proxy_ndp
     * @param address the address
     */
    record AddProxy(NamespaceRef namespace, String link, IpAddress address) implements NeighbourOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("proxy " + namespace + " " + link + " " + address, false));
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("ip neigh add proxy " + address + " dev " + link));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("ip neigh del proxy " + address + " dev " + link));
        }
    }

    /**
     * A static forwarding entry of a bridge: by which port a hardware address is reached, whatever the bridge learns.
     *
     * @param namespace where the bridge is
     * @param port the port's name
     * @param mac the hardware address
     */
    record AddForwarding(NamespaceRef namespace, String port, MacAddress mac) implements NeighbourOp {
        @Override
        public List<String> render() {
            return List.of(namespace.run("bridge fdb replace " + mac + " dev " + port + " master static sticky"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("bridge fdb del " + mac + " dev " + port + " master"));
        }
    }

    /**
     * A static forwarding entry of a tunnel: at which host a hardware address is. That of {@link MacAddress#NONE} is where frames for
     * groups and for hosts nobody named go; it has as many entries as there are hosts.
     *
     * @param namespace where the tunnel's link is
     * @param link its name
     * @param mac the hardware address
     * @param host the other host's address in the underlay
     */
    record AddTunnelPeer(NamespaceRef namespace, String link, MacAddress mac, IpAddress host) implements NeighbourOp {
        @Override
        public Optional<Claim> claim() {
            return mac.equals(MacAddress.NONE)
                    ? Optional.of(new Claim("tunnel " + namespace + " " + link + " " + host, true))
                    : Optional.empty();
        }

        @Override
        public List<String> render() {
            return List.of(namespace.run("bridge fdb " + (mac.equals(MacAddress.NONE) ? "append " : "replace ") + mac
                    + " dev " + link + " dst " + host + " self permanent"));
        }

        @Override
        public List<String> renderRemoval() {
            return List.of(namespace.run("bridge fdb del " + mac + " dev " + link + " dst " + host + " self"));
        }
    }
}
