package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.plan.MacvlanMode;
import java.util.Map;
import java.util.Optional;

/**
 * Options of a macvlan network, typed; {@link #toOptions} gives them as a request takes them.
 *
 * @param parent the link on which children stand, or a tagged one to be made, such as {@code eth0.10}; absent makes a dummy of its own,
 *     on which children reach each other only
 * @param mode how frames between children go
 * @param mtu MTU of children in octets, 0 for that of the parent
 * @param hostLeg whether the host gets a child of its own, with the auxiliary addresses {@link #LEG_IPV4} and {@link #LEG_IPV6}, by
 *     which it and the other children reach each other; for mode bridge
 */
public record MacvlanOptions(Optional<String> parent, MacvlanMode mode, int mtu, boolean hostLeg) {
    /** The label of the parent's name. */
    public static final String PARENT = ParentOptions.PARENT;

    /** The label of the mode. */
    public static final String MODE = "macvlan_mode";

    /** The label of the MTU. */
    public static final String MTU = ParentOptions.MTU;

    /** The label of the host's leg. */
    public static final String HOST_LEG = "cnm4j.macvlan.host_leg";

    /** The auxiliary address that the host's leg has. */
    public static final String LEG_IPV4 = "HostLegIPv4";

    /** The auxiliary address that the host's leg has. */
    public static final String LEG_IPV6 = "HostLegIPv6";

    /** The usual ones on this parent. */
    public static MacvlanOptions on(String parent) {
        return new MacvlanOptions(Optional.of(parent), MacvlanMode.BRIDGE, 0, false);
    }

    /** Returns these options in another mode. */
    public MacvlanOptions inMode(MacvlanMode other) {
        return new MacvlanOptions(parent, other, mtu, hostLeg);
    }

    /** Returns these options with a leg of the host. */
    public MacvlanOptions withHostLeg() {
        return new MacvlanOptions(parent, mode, mtu, true);
    }

    /**
     * Reads options as a request has them.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if one is wrong; the message names it and its value
     */
    static MacvlanOptions parse(Map<String, String> options) {
        var text = new ParentOptions(options);
        var parsed = new MacvlanOptions(
                text.parent(), text.word(MODE, MacvlanMode.class, MacvlanMode.BRIDGE), text.mtu(), text.flag(HOST_LEG));
        if (parsed.hostLeg && parsed.mode != MacvlanMode.BRIDGE) {
            throw ParentOptions.wrong(
                    HOST_LEG,
                    "true",
                    "false in mode " + parsed.mode.label() + ": only in mode bridge children reach each other");
        }
        return parsed;
    }

    /** Returns these options as a network request takes them; what is default is left out. */
    public Map<String, String> toOptions() {
        var options = new java.util.TreeMap<String, String>();
        parent.ifPresent(name -> options.put(PARENT, name));
        if (mode != MacvlanMode.BRIDGE) {
            options.put(MODE, mode.label());
        }
        if (mtu != 0) {
            options.put(MTU, String.valueOf(mtu));
        }
        if (hostLeg) {
            options.put(HOST_LEG, "true");
        }
        return Map.copyOf(options);
    }
}
