package io.cnm4j.spi.plan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * A step of an encrypted tunnel whose end is this process, behind a {@link LinkSpec.Tap}. It is true as long as the process lives; a new
 * one that finds it in a record serves the link again. It has no keys in it: those are the cluster's.
 */
public sealed interface TunnelOp extends KernelOp {
    /** The name of the link that frames come from and go to. */
    String link();

    /**
     * This process serves the link: what is sent into it leaves as VXLAN inside ESP in UDP, through the host namespace.
     *
     * @param namespace where the link is
     * @param link its name
     * @param vni network identifier, 1 to 16777215
     * @param local address of this host in the underlay, IPv4 or IPv6
     * @param port UDP port on all hosts; the one inside ESP is the next
     */
    record Serve(NamespaceRef namespace, String link, int vni, IpAddress local, int port) implements TunnelOp {
        @Override
        public Optional<Claim> claim() {
            return Optional.of(new Claim("tunnel " + namespace + " " + link, false));
        }

        @Override
        public List<String> render() {
            return List.of("# this process encrypts what enters " + link + " in " + namespace + ", VXLAN " + vni
                    + ", and sends it from " + local + " udp port " + port);
        }
    }

    /**
     * Frames for a hardware address go to a host, and may come from there. That of {@link MacAddress#NONE} is where frames for groups and
     * for hosts nobody named go; it has as many entries as there are hosts.
     *
     * @param namespace where the link is
     * @param link its name; served before
     * @param mac the hardware address
     * @param host the other host's address in the underlay
     */
    record AddPeer(NamespaceRef namespace, String link, MacAddress mac, IpAddress host) implements TunnelOp {
        @Override
        public Optional<Claim> claim() {
            return mac.equals(MacAddress.NONE)
                    ? Optional.of(new Claim("tunnel " + namespace + " " + link + " " + host, true))
                    : Optional.empty();
        }

        @Override
        public List<String> render() {
            return List.of(
                    "# this process sends frames from " + link + " in " + namespace + " for " + mac + " to " + host);
        }
    }

    /**
     * Whoever asks for an address is told a hardware address, without asking further.
     *
     * @param namespace where the link is
     * @param link its name; served before
     * @param address the address
     * @param mac its hardware address
     */
    record AddNeighbour(NamespaceRef namespace, String link, IpAddress address, MacAddress mac) implements TunnelOp {
        @Override
        public List<String> render() {
            return List.of(
                    "# this process answers on " + link + " in " + namespace + " that " + address + " is at " + mac);
        }
    }
}
