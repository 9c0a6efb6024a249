package io.cnm4j.driver.overlay;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Map;

/**
 * How a network is on one host.
 *
 * @param namespace its namespace
 * @param local the host's address in the underlay
 * @param port UDP port of the tunnels
 * @param mtu inside, in octets
 */
record OverlayNote(NamespaceRef namespace, IpAddress local, int port, int mtu) {
    /** Octets that go before a frame: IPv4 20, UDP 8, VXLAN 8, and the frame's own Ethernet header 14. */
    static final int OVERHEAD4 = 50;

    /** The same with IPv6, 40. */
    static final int OVERHEAD6 = 70;

    private static final String NAMESPACE = "overlay.namespace";
    private static final String LOCAL = "overlay.local";
    private static final String PORT = "overlay.port";
    private static final String MTU = "overlay.mtu";

    static OverlayNote of(Map<String, String> note) {
        return new OverlayNote(
                NamespaceRef.at(text(note, NAMESPACE)),
                IpAddress.parse(text(note, LOCAL)),
                Integer.parseInt(text(note, PORT)),
                Integer.parseInt(text(note, MTU)));
    }

    private static String text(Map<String, String> note, String key) {
        String value = note.get(key);
        if (value == null) {
            throw new IllegalStateException("the note of an overlay endpoint has no '" + key + "': " + note);
        }
        return value;
    }

    Map<String, String> text() {
        return Map.of(
                NAMESPACE, namespace.path(),
                LOCAL, local.toString(),
                PORT, String.valueOf(port),
                MTU, String.valueOf(mtu));
    }
}
