package io.cnm4j.driver.macvlan;

import io.cnm4j.spi.plan.IpvlanFlag;
import io.cnm4j.spi.plan.IpvlanMode;
import java.util.Map;
import java.util.Optional;

/**
 * Options of an ipvlan network, typed; {@link #toOptions} gives them as a request takes them.
 *
 * @param parent the link on which children stand, or a tagged one to be made, such as {@code eth0.10}; absent makes a dummy of its own,
 *     on which children reach each other only
 * @param mode at which layer the parent tells children apart
 * @param flag how packets between children go
 * @param mtu MTU of children in octets, 0 for that of the parent
 */
public record IpvlanOptions(Optional<String> parent, IpvlanMode mode, IpvlanFlag flag, int mtu) {
    /** The label of the parent's name. */
    public static final String PARENT = ParentOptions.PARENT;

    /** The label of the mode. */
    public static final String MODE = "ipvlan_mode";

    /** The label of the flag. */
    public static final String FLAG = "ipvlan_flag";

    /** The label of the MTU. */
    public static final String MTU = ParentOptions.MTU;

    /** The usual ones on this parent. */
    public static IpvlanOptions on(String parent) {
        return new IpvlanOptions(Optional.of(parent), IpvlanMode.L2, IpvlanFlag.BRIDGE, 0);
    }

    /** Returns these options in another mode. */
    public IpvlanOptions inMode(IpvlanMode other) {
        return new IpvlanOptions(parent, other, flag, mtu);
    }

    /** Returns these options with another flag. */
    public IpvlanOptions with(IpvlanFlag other) {
        return new IpvlanOptions(parent, mode, other, mtu);
    }

    /**
     * Reads options as a request has them.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if one is wrong; the message names it and its value
     */
    static IpvlanOptions parse(Map<String, String> options) {
        var text = new ParentOptions(options);
        return new IpvlanOptions(
                text.parent(),
                text.word(MODE, IpvlanMode.class, IpvlanMode.L2),
                text.word(FLAG, IpvlanFlag.class, IpvlanFlag.BRIDGE),
                text.mtu());
    }

    /** Returns these options as a network request takes them; what is default is left out. */
    public Map<String, String> toOptions() {
        var options = new java.util.TreeMap<String, String>();
        parent.ifPresent(name -> options.put(PARENT, name));
        if (mode != IpvlanMode.L2) {
            options.put(MODE, mode.label());
        }
        if (flag != IpvlanFlag.BRIDGE) {
            options.put(FLAG, flag.label());
        }
        if (mtu != 0) {
            options.put(MTU, String.valueOf(mtu));
        }
        return Map.copyOf(options);
    }
}
