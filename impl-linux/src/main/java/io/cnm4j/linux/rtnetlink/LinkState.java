package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.ProtocolException;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.Mark;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the kernel says of a link.
 *
 * @param facts what every link has
 * @param group its group, 0 for the default one
 * @param master index of the link it belongs to, 0 for none
 * @param hairpin whether it is a bridge port that sends frames back where they came from
 * @param isolated whether it is an isolated bridge port
 * @param parent index of the link it stands on, in that one's namespace; 0 for none
 * @param traits what its kind has to say: {@link #traits(LinkSpec)}
 * @param counters its counters
 */
public record LinkState(
        LinkFacts facts,
        int group,
        int master,
        boolean hairpin,
        boolean isolated,
        int parent,
        int traits,
        InterfaceStatistics counters) {
    private static final int IFINFOMSG = 16;
    private static final int IFF_UP = 1;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_INFO_SLAVE_DATA = 5;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_ISOLATED = 33;

    /** Returns its index. */
    public int index() {
        return facts.index();
    }

    /**
     * Tells whether it was made for this: it has the mark, or the sign that whoever removed it got no further, or, where its maker
     * ended too early to set one, the mark's group.
     */
    public boolean isFor(LinkSpec spec) {
        return facts.alias().equals(spec.mark())
                || facts.alias().equals(Mark.leaving(spec.mark()))
                || (facts.alias().isEmpty()
                        && group == Mark.group(spec.mark())
                        && facts.kind().equals(spec.kind()));
    }

    /** Returns the tag of an 802.1Q link, the mode of a macvlan, mode and flag of an ipvlan in a low and a high half; 0 for others. */
    public static int traits(LinkSpec spec) {
        if (spec instanceof LinkSpec.Vlan vlan) {
            return vlan.id();
        } else if (spec instanceof LinkSpec.Macvlan macvlan) {
            return macvlan.mode().value();
        } else if (spec instanceof LinkSpec.Ipvlan ipvlan) {
            return ipvlan.flag().value() << 16 | ipvlan.mode().value();
        }
        return 0;
    }

    /**
     * Reads a link message.
     *
     * @param payload the message without its netlink header
     */
    public static LinkState read(ByteBuffer payload) {
        if (payload.remaining() < IFINFOMSG) {
            throw new ProtocolException(
                    "link message of " + payload.remaining() + " octets is shorter than struct ifinfomsg");
        }
        var reading = new Reading();
        var at = new AttributeCursor(payload.slice(IFINFOMSG, payload.limit() - IFINFOMSG));
        while (at.next()) {
            reading.take(at);
        }
        at.finish();
        return reading.of(payload.getInt(4), (payload.getInt(8) & IFF_UP) != 0);
    }

    /** Returns the Ethernet address of these octets; absent if they are none. */
    static Optional<MacAddress> mac(byte[] octets) {
        return octets.length == 6 ? Optional.of(MacAddress.of(octets)) : Optional.empty();
    }

    /** Attributes so far. */
    private static final class Reading {
        private String name = "";
        private String kind = "";
        private String alias = "";
        private String masterKind = "";
        private int mtu;
        private int group;
        private int master;
        private int parent;
        private int traits;
        private boolean hairpin;
        private boolean isolated;
        private Optional<MacAddress> mac = Optional.empty();
        private InterfaceStatistics counters = new InterfaceStatistics(0, 0, 0, 0, 0, 0, 0, 0);

        void take(AttributeCursor at) {
            switch (at.type()) {
                case IFLA_IFNAME -> name = at.text();
                case IFLA_MTU -> mtu = at.u32();
                case IFLA_GROUP -> group = at.u32();
                case IFLA_LINK -> parent = at.u32();
                case IFLA_MASTER -> master = at.u32();
                case IFLA_IFALIAS -> alias = at.text();
                case IFLA_ADDRESS -> mac = mac(at.octets());
                case IFLA_STATS64 -> counters = counters(at);
                case IFLA_LINKINFO -> takeInfo(at.nested());
                default -> {} // newer kernels add attributes
            }
        }

        /** struct rtnl_link_stats64: packets, octets, errors and drops of both directions. */
        private static InterfaceStatistics counters(AttributeCursor at) {
            return new InterfaceStatistics(
                    at.u64(16), at.u64(0), at.u64(32), at.u64(48), at.u64(24), at.u64(8), at.u64(40), at.u64(56));
        }

        private void takeInfo(AttributeCursor info) {
            while (info.next()) {
                switch (info.type()) {
                    case IFLA_INFO_KIND -> kind = info.text();
                    case IFLA_INFO_DATA -> takeTraits(info.nested());
                    case IFLA_INFO_SLAVE_KIND -> masterKind = info.text();
                    case IFLA_INFO_SLAVE_DATA -> {
                        if (masterKind.equals("bridge")) {
                            takePort(info.nested());
                        }
                    }
                    default -> {}
                }
            }
            info.finish();
        }

        /** IFLA_VLAN_ID, IFLA_MACVLAN_MODE and IFLA_IPVLAN_MODE are number 1, IFLA_IPVLAN_FLAGS is 2. */
        private void takeTraits(AttributeCursor data) {
            boolean known = kind.equals("vlan") || kind.equals("macvlan") || kind.equals("ipvlan");
            while (known && data.next()) {
                switch (data.type()) {
                    case 1 -> traits |= kind.equals("macvlan") ? data.u32() : data.u16();
                    case 2 -> traits |= kind.equals("ipvlan") ? data.u16() << 16 : 0;
                    default -> {}
                }
            }
            data.finish();
        }

        private void takePort(AttributeCursor port) {
            while (port.next()) {
                switch (port.type()) {
                    case IFLA_BRPORT_MODE -> hairpin = port.u8() != 0;
                    case IFLA_BRPORT_ISOLATED -> isolated = port.u8() != 0;
                    default -> {}
                }
            }
            port.finish();
        }

        LinkState of(int index, boolean up) {
            var facts = new LinkFacts(name, index, kind, mtu, mac, alias, up);
            return new LinkState(facts, group, master, hairpin, isolated, parent, traits, counters);
        }
    }
}
