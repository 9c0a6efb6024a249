package io.cnm4j.driver.overlay;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.ClusterDriver;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.Plan;
import java.util.Map;
import java.util.Optional;

/** Plans overlay networks. Stateless. */
public final class OverlayDriver implements ClusterDriver, InwardDriver {
    static final String VNI = "vni";

    private static final int FIRST_VNI = 4096; // OV-03

    /** Made by {@link java.util.ServiceLoader}. */
    public OverlayDriver() {}

    @Override
    public String name() {
        return "overlay";
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        OverlayOptions.of(network.options());
        return new NetworkNeeds(true, false, false, "eth");
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        OverlayOptions options = OverlayOptions.of(network.options());
        if (!options.vnis().isEmpty()) {
            int vni = options.vnis().get(0);
            owner(vni, context).ifPresent(taken -> {
                throw new ConflictException("VXLAN identifier " + vni + " belongs to network '" + taken.name()
                        + "'; ask for another, or for none");
            });
            return Map.of(VNI, String.valueOf(vni));
        }
        for (int vni = FIRST_VNI; vni <= OverlayOptions.MOST_VNI; vni++) {
            if (owner(vni, context).isEmpty()) {
                return Map.of(VNI, String.valueOf(vni));
            }
        }
        throw new ExhaustedException("all VXLAN identifiers from " + FIRST_VNI + " to " + OverlayOptions.MOST_VNI
                + " are taken; delete networks");
    }

    private static Optional<NetworkState> owner(int vni, DriverContext context) {
        return context.siblings().noting(VNI, String.valueOf(vni)).findFirst();
    }

    @Override
    public boolean needsWayOut(NetworkState network, EndpointState endpoint) { // OV-09
        return true;
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.EMPTY;
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return Map.of();
    }

    @Override
    public Map<String, String> decidePresence(NetworkState network, Underlay underlay) {
        OverlayOptions options = OverlayOptions.of(network.options());
        int asked = options.mtu();
        if (asked > underlay.mtu()) {
            throw new InvalidRequestException("network '" + network.name() + "' asks for an underlay of MTU " + asked
                    + ", the link with " + underlay.address() + " has " + underlay.mtu()
                    + "; raise that, or ask for less with option " + OverlayOptions.MTU);
        }
        int path = asked == 0 ? underlay.mtu() : asked;
        int mtu = OverlayNote.mtu(path, underlay.address().family(), options.encrypted()); // OV-06
        if (network.ipv6() && mtu < 1280) {
            throw new InvalidRequestException("network '" + network.name() + "' has IPv6, which needs an MTU of 1280; "
                    + "the tunnel leaves " + mtu + "; raise the underlay's");
        }
        int port = options.encrypted() ? underlay.encryptedPort() : underlay.dataPort();
        return new OverlayNote(underlay.namespace(), underlay.address(), port, mtu, encryption(options, underlay))
                .text();
    }

    private static OverlayNote.Encryption encryption(OverlayOptions options, Underlay underlay) {
        if (!options.encrypted()) {
            return OverlayNote.Encryption.NONE;
        }
        return underlay.kernelEncryption() ? OverlayNote.Encryption.KERNEL : OverlayNote.Encryption.PROCESS;
    }

    @Override
    public Plan planPresence(NetworkState network, Map<String, String> presence) {
        return new OverlayPlans(network, OverlayNote.of(presence)).presence();
    }

    @Override
    public Plan planPeer(NetworkState network, Map<String, String> presence, Peer peer) {
        return new OverlayPlans(network, OverlayNote.of(presence)).peer(peer);
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        return new OverlayPlans(network, OverlayNote.of(endpoint.note())).attachment(endpoint, point);
    }
}
