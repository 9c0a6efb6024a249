package io.cnm4j.driver.bridge;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What was decided when a network was born.
 *
 * @param bridge the bridge's name
 * @param mac its hardware address; absent if the bridge was there before and is the user's
 * @param forwarding the families for which forwarding in the host namespace is our doing
 * @param ipv6Known whether the kernel had IPv6 parameters to set
 */
record BridgeNote(String bridge, Optional<MacAddress> mac, Set<Family> forwarding, boolean ipv6Known) {
    private static final String BRIDGE = "bridge";
    private static final String CREATOR = "bridge.creator";
    private static final String MAC = "bridge.mac";
    private static final String IPV6 = "kernel.ipv6";
    private static final String USER = "user";
    private static final String ENABLE = "enable";

    /** Copies the set. */
    BridgeNote {
        forwarding = Set.copyOf(forwarding);
    }

    /** Returns the bridge's name out of a note that {@link #toMap} wrote. */
    static String bridge(Map<String, String> note) {
        String bridge = note.get(BRIDGE);
        if (bridge == null) {
            throw new IllegalStateException("a bridge network's note has no '" + BRIDGE + "': " + note);
        }
        return bridge;
    }

    /** Reads a note that {@link #toMap} wrote. */
    static BridgeNote of(Map<String, String> note) {
        String bridge = bridge(note);
        var forwarding = new java.util.HashSet<Family>();
        for (Family family : Family.values()) {
            if (ENABLE.equals(note.get(forwardingKey(family)))) {
                forwarding.add(family);
            }
        }
        return new BridgeNote(
                bridge,
                Optional.ofNullable(note.get(MAC)).map(MacAddress::parse),
                forwarding,
                "yes".equals(note.get(IPV6)));
    }

    /** Returns those of the siblings that have this bridge. */
    static Stream<NetworkState> withBridge(Siblings siblings, String bridge) {
        return siblings.noting(BRIDGE, bridge);
    }

    /** Returns those of the siblings for which forwarding was turned on. */
    static Stream<NetworkState> withForwarding(Siblings siblings, Family family) {
        return siblings.noting(forwardingKey(family), ENABLE);
    }

    Map<String, String> toMap() {
        var note = new TreeMap<String, String>();
        note.put(BRIDGE, bridge);
        note.put(CREATOR, adopted() ? USER : "cnm4j");
        mac.ifPresent(address -> note.put(MAC, address.toString()));
        forwarding.forEach(family -> note.put(forwardingKey(family), ENABLE));
        note.put(IPV6, ipv6Known ? "yes" : "no");
        return Map.copyOf(note);
    }

    /** Tells whether the bridge is the user's. */
    boolean adopted() {
        return mac.isEmpty();
    }

    private static String forwardingKey(Family family) {
        return family == Family.IPV4 ? "forwarding4" : "forwarding6";
    }
}
