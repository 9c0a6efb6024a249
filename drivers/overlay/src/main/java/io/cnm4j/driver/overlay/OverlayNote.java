package io.cnm4j.driver.overlay;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Map;

/**
 * How a network is on one host.
 *
 * @param namespace its namespace
 * @param local the host's address in the underlay
 * @param port UDP port of the tunnels, of encrypted ones that of ESP
 * @param mtu inside, in octets
 * @param encryption who encrypts them
 */
record OverlayNote(NamespaceRef namespace, IpAddress local, int port, int mtu, Encryption encryption) {
    /** Who encrypts what leaves. */
    enum Encryption {
        /** Nobody. */
        NONE,
        /** This process. */
        PROCESS,
        /** The kernel. */
        KERNEL
    }

    /** Octets that go before a frame: IPv4 20, UDP 8, VXLAN 8, and the frame's own Ethernet header 14. */
    private static final int OVERHEAD4 = 50;

    /** The same with IPv6, 40. */
    private static final int OVERHEAD6 = 70;

    /** Octets around what is sealed: SPI, sequence number, IV 16 and tag 16. RFC 4303, RFC 4106 */
    private static final int AROUND = 32;

    /** Octets that are sealed with a packet: UDP 8, VXLAN 8, Ethernet 14, padding length and next header 2. */
    private static final int ALONG = 32;

    private static final String NAMESPACE = "overlay.namespace";
    private static final String LOCAL = "overlay.local";
    private static final String PORT = "overlay.port";
    private static final String MTU = "overlay.mtu";
    private static final String ENCRYPTION = "overlay.encryption";

    /**
     * Returns the MTU inside a tunnel.
     *
     * @param path that of the underlay
     */
    static int mtu(int path, Family family, boolean encrypted) {
        boolean ipv4 = family == Family.IPV4;
        int outer = ipv4 ? 20 + 8 : 40 + 8;
        return encrypted
                ? (path - outer - AROUND & ~3) - ALONG
                : path - (ipv4 ? OVERHEAD4 : OVERHEAD6); // sealed are fours
    }

    static OverlayNote of(Map<String, String> note) {
        return new OverlayNote(
                NamespaceRef.at(text(note, NAMESPACE)),
                IpAddress.parse(text(note, LOCAL)),
                Integer.parseInt(text(note, PORT)),
                Integer.parseInt(text(note, MTU)),
                Encryption.valueOf(text(note, ENCRYPTION)));
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
                MTU, String.valueOf(mtu),
                ENCRYPTION, encryption.name());
    }

    boolean encrypted() {
        return encryption != Encryption.NONE;
    }
}
