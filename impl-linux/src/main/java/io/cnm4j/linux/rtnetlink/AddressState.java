package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.netlink.AttributeCursor;
import io.cnm4j.linux.netlink.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What the kernel says of an address.
 *
 * @param link index of the link it is on
 * @param address address and prefix length
 * @param linkLocal whether its scope is the link
 */
public record AddressState(int link, IpPrefix address, boolean linkLocal) {
    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int RT_SCOPE_LINK = 253;

    /**
     * Reads an address message.
     *
     * @param payload the message without its netlink header
     */
    public static AddressState read(ByteBuffer payload) {
        if (payload.remaining() < IFADDRMSG) {
            throw new ProtocolException(
                    "address message of " + payload.remaining() + " octets is shorter than struct ifaddrmsg");
        }
        Optional<IpAddress> local = Optional.empty();
        Optional<IpAddress> peer = Optional.empty();
        var at = new AttributeCursor(payload.slice(IFADDRMSG, payload.limit() - IFADDRMSG));
        while (at.next()) {
            switch (at.type()) {
                case IFA_LOCAL -> local = RouteState.address(at.octets());
                case IFA_ADDRESS -> peer = RouteState.address(at.octets());
                default -> {}
            }
        }
        at.finish();
        IpAddress address = (local.isPresent() ? local : peer) // IPv6 has a local address only on a point-to-point link
                .orElseThrow(() -> new ProtocolException("address message without an address"));
        int length = payload.get(1) & 0xff;
        return new AddressState(
                payload.getInt(4), new IpPrefix(address, length), (payload.get(3) & 0xff) == RT_SCOPE_LINK);
    }
}
