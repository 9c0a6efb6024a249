package io.cnm4j.linux.conntrack;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.netlink.AttributeCursor;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A tracked connection.
 *
 * @param protocol its transport protocol's number
 * @param destination where its first packet was sent
 * @param port the port there; 0 where the protocol has none
 * @param answerer who answers
 * @param answeringPort the port there
 * @param translated whether its destination was translated
 * @param original what identifies it, CTA_TUPLE_ORIG
 * @param id the kernel's number for it, CTA_ID
 */
public record Connection(
        int protocol,
        IpAddress destination,
        int port,
        IpAddress answerer,
        int answeringPort,
        boolean translated,
        ByteBuffer original,
        ByteBuffer id) {
    static final int TUPLE_ORIGINAL = 1;
    static final int TUPLE_REPLY = 2;
    static final int ID = 12;
    static final int TUPLE_IP = 1;
    static final int TUPLE_PROTOCOL = 2;
    static final int PROTOCOL_NUMBER = 1;
    static final int IPV4_SOURCE = 1;
    static final int IPV6_SOURCE = 3;

    private static final int STATUS = 3;
    private static final int IPV4_DESTINATION = 2;
    private static final int IPV6_DESTINATION = 4;
    private static final int SOURCE_PORT = 2;
    private static final int DESTINATION_PORT = 3;
    private static final int DESTINATION_TRANSLATED = 1 << 5; // IPS_DST_NAT

    private static final class Tuple {
        private Optional<IpAddress> source = Optional.empty();
        private Optional<IpAddress> destination = Optional.empty();
        private int protocol;
        private int sourcePort;
        private int destinationPort;
    }

    /** Reads one; absent if it lacks addresses. */
    static Optional<Connection> read(AttributeCursor at) {
        var original = new Tuple();
        var reply = new Tuple();
        ByteBuffer identity = ByteBuffer.allocate(0);
        ByteBuffer number = ByteBuffer.allocate(0);
        int status = 0;
        while (at.next()) {
            switch (at.type()) {
                case TUPLE_ORIGINAL -> {
                    identity = ByteBuffer.wrap(at.octets());
                    read(at.nested(), original);
                }
                case TUPLE_REPLY -> read(at.nested(), reply);
                case STATUS -> status = Integer.reverseBytes(at.u32());
                case ID -> number = ByteBuffer.wrap(at.octets());
                default -> {}
            }
        }
        at.finish();
        if (original.destination.isEmpty() || reply.source.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Connection(
                original.protocol,
                original.destination.orElseThrow(),
                original.destinationPort,
                reply.source.orElseThrow(),
                reply.sourcePort,
                (status & DESTINATION_TRANSLATED) != 0,
                identity,
                number));
    }

    private static void read(AttributeCursor at, Tuple into) {
        while (at.next()) {
            if (at.type() == TUPLE_IP) {
                addresses(at.nested(), into);
            } else if (at.type() == TUPLE_PROTOCOL) {
                ports(at.nested(), into);
            }
        }
        at.finish();
    }

    private static void addresses(AttributeCursor at, Tuple into) {
        while (at.next()) {
            switch (at.type()) {
                case IPV4_SOURCE, IPV6_SOURCE -> into.source = Optional.of(IpAddress.of(at.octets()));
                case IPV4_DESTINATION, IPV6_DESTINATION -> into.destination = Optional.of(IpAddress.of(at.octets()));
                default -> {}
            }
        }
        at.finish();
    }

    private static void ports(AttributeCursor at, Tuple into) {
        while (at.next()) {
            switch (at.type()) {
                case PROTOCOL_NUMBER -> into.protocol = at.u8();
                case SOURCE_PORT -> into.sourcePort = port(at.octets());
                case DESTINATION_PORT -> into.destinationPort = port(at.octets());
                default -> {}
            }
        }
        at.finish();
    }

    private static int port(byte[] octets) {
        return octets.length < 2 ? 0 : (octets[0] & 0xff) << 8 | (octets[1] & 0xff);
    }
}
