package io.cnm4j.driver.overlay;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Options of a network.
 *
 * @param vnis identifiers asked for; the first is taken
 * @param mtu MTU of the underlay in octets, 0 for that of the host's link
 * @param broadcast whether frames for groups and for everybody go to all hosts of the network
 * @param encrypted whether what leaves the host is encrypted
 */
record OverlayOptions(List<Integer> vnis, int mtu, boolean broadcast, boolean encrypted) {
    /** Identifiers, as numbers with commas between: one is enough for all subnets. */
    static final String VNIS = "com.docker.network.driver.overlay.vxlanid_list";

    /** MTU of the underlay in octets: what the tunnel adds is taken off. */
    static final String MTU = "com.docker.network.driver.mtu";

    /** Whether broadcast and multicast reach the other hosts, {@code true} or {@code false}; default false. */
    static final String BROADCAST = "io.cnm4j.overlay.broadcast";

    /** Encryption, by its mere presence, whatever the value. */
    static final String ENCRYPTED = "encrypted";

    static final int MOST_VNI = (1 << 24) - 1;

    /** Reads options, or refuses them. */
    static OverlayOptions of(Map<String, String> options) {
        return new OverlayOptions(
                vnis(options), mtu(options), broadcast(options), options.containsKey(ENCRYPTED)); // OV-01
    }

    private static List<Integer> vnis(Map<String, String> options) { // OV-01, OV-02
        String text = options.getOrDefault(VNIS, "");
        var vnis = new ArrayList<Integer>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int vni = number(VNIS, one.strip(), text);
            if (vni < 1 || vni > MOST_VNI) {
                throw wrong(VNIS, text, "numbers from 1 to " + MOST_VNI);
            }
            vnis.add(vni);
        }
        return List.copyOf(vnis);
    }

    private static int mtu(Map<String, String> options) {
        String text = options.getOrDefault(MTU, "0");
        int mtu = number(MTU, text, text);
        if (mtu != 0 && (mtu < 576 || mtu > 65535)) {
            throw wrong(MTU, text, "0 or a number of octets from 576 to 65535");
        }
        return mtu;
    }

    private static boolean broadcast(Map<String, String> options) {
        String text = Optional.ofNullable(options.get(BROADCAST)).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(BROADCAST, text, "true or false");
        }
        return text.equals("true");
    }

    private static int number(String option, String text, String whole) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw wrong(option, whole, "a number");
        }
    }

    private static InvalidRequestException wrong(String option, String value, String right) {
        return new InvalidRequestException("option " + option + "='" + value + "' must be " + right);
    }
}
