package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.ProtocolException;
import io.cnm4j.spi.plan.KernelOp;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the kernel says of a route with one next hop.
 *
 * @param destination where to; length 0 is the default route
 * @param gateway the next hop, absent if the destination is on the link
 * @param link index of the link, 0 if it has several next hops or none
 * @param metric its priority, 0 if none is given: the same destination may be there with several
 * @param origin who made it, RTPROT_
 */
public record RouteState(IpPrefix destination, Optional<IpAddress> gateway, int link, int metric, int origin) {
    private static final int RTMSG = 12;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int AF_INET6 = 10;
    private static final int RTPROT_KERNEL = 2;

    /** Tells whether the kernel made it itself, for an address of the link. */
    public boolean kernels() {
        return origin == RTPROT_KERNEL;
    }

    /** Tells whether this library made it, in a namespace of a host. */
    public boolean ours() {
        return origin == KernelOp.AddRoute.PROTOCOL;
    }

    /**
     * Reads a route message.
     *
     * @param payload the message without its netlink header
     */
    public static RouteState read(ByteBuffer payload) {
        if (payload.remaining() < RTMSG) {
            throw new ProtocolException(
                    "route message of " + payload.remaining() + " octets is shorter than struct rtmsg");
        }
        Optional<IpAddress> destination = Optional.empty();
        Optional<IpAddress> gateway = Optional.empty();
        int link = 0;
        int metric = 0;
        var at = new AttributeCursor(payload.slice(RTMSG, payload.limit() - RTMSG));
        while (at.next()) {
            switch (at.type()) {
                case RTA_DST -> destination = address(at.octets());
                case RTA_GATEWAY -> gateway = address(at.octets());
                case RTA_OIF -> link = at.u32();
                case RTA_PRIORITY -> metric = at.u32();
                default -> {}
            }
        }
        at.finish();
        IpAddress any = IpAddress.of(new byte[payload.get(0) == AF_INET6 ? 16 : 4]);
        return new RouteState(
                new IpPrefix(destination.orElse(any), payload.get(1) & 0xff),
                gateway,
                link,
                metric,
                payload.get(5) & 0xff);
    }

    /** Returns the address of these octets; absent if they are none. */
    static Optional<IpAddress> address(byte[] octets) {
        return octets.length == 4 || octets.length == 16 ? Optional.of(IpAddress.of(octets)) : Optional.empty();
    }
}
