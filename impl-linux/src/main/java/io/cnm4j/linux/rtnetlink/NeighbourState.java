package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the kernel says of a neighbour or of a bridge's forwarding entry.
 *
 * @param link index of the link behind which it is
 * @param address its address, absent for a forwarding entry
 * @param mac its hardware address, absent while unknown
 * @param state its state, NUD_
 * @param flags its flags, NTF_
 */
public record NeighbourState(int link, Optional<IpAddress> address, Optional<MacAddress> mac, int state, int flags) {
    private static final int NDMSG = 12;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NUD_NOARP = 0x40;
    private static final int NUD_PERMANENT = 0x80;
    private static final int NTF_STICKY = 0x40;

    /** Tells whether somebody gave this neighbour its hardware address for ever. */
    public boolean isPermanent() {
        return state == NUD_PERMANENT && address.isPresent() && mac.isPresent();
    }

    /** Tells whether somebody made this forwarding entry; the bridge neither learned it nor made it for its own ports. */
    public boolean isStatic() {
        return state == NUD_NOARP && address.isEmpty() && mac.isPresent();
    }

    /** Tells whether the bridge keeps this forwarding entry whatever it learns. */
    public boolean isSticky() {
        return (flags & NTF_STICKY) != 0;
    }

    /**
     * Reads a neighbour message.
     *
     * @param payload the message without its netlink header
     */
    public static NeighbourState read(ByteBuffer payload) {
        if (payload.remaining() < NDMSG) {
            throw new ProtocolException(
                    "neighbour message of " + payload.remaining() + " octets is shorter than struct ndmsg");
        }
        Optional<IpAddress> address = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        var at = new AttributeCursor(payload.slice(NDMSG, payload.limit() - NDMSG));
        while (at.next()) {
            switch (at.type()) {
                case NDA_DST -> address = RouteState.address(at.octets());
                case NDA_LLADDR -> mac = LinkState.mac(at.octets());
                default -> {}
            }
        }
        at.finish();
        return new NeighbourState(payload.getInt(4), address, mac, payload.getShort(8), payload.get(10));
    }
}
