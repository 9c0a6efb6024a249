package io.cnm4j.linux.xfrm;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.libc.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where fields are in structures of linux/xfrm.h, which have a place of 16 octets for an address of either family.
 *
 * <pre>
 * struct xfrm_selector        daddr 0, saddr 16, dport 32, its mask 34, family 40, prefixlen_d 42, prefixlen_s 43, proto 44; 56
 * struct xfrm_id              daddr 0, spi 16, proto 20; 24
 * struct xfrm_lifetime_cfg    four limits of octets and packets, then times; 64
 * struct xfrm_usersa_info     selector 0, id 56, saddr 80, limits 96, reqid 208, family 212, mode 214; 224
 * struct xfrm_userpolicy_info selector 0, limits 56, dir 160, action 161; 168
 * struct xfrm_user_tmpl       id 0, family 24, saddr 28, reqid 44, mode 48, optional 50, algorithms 52; 64
 * </pre>
 */
final class XfrmStructs {
    static final int IPPROTO_UDP = 17;
    static final int IPPROTO_ESP = 50;
    static final int STATE = 224;
    static final int STATE_DESTINATION = 56;
    static final int STATE_SPI = 72;
    static final int STATE_PROTOCOL = 76;
    static final int STATE_SOURCE = 80;
    static final int STATE_LIMITS = 96;
    static final int STATE_REQID = 208;
    static final int STATE_FAMILY = 212;
    static final int POLICY = 168;
    static final int POLICY_LIMITS = 56;
    static final int POLICY_DIRECTION = 160;
    static final int TEMPLATE = 64;
    static final int TEMPLATE_PROTOCOL = 20;
    static final int TEMPLATE_FAMILY = 24;
    static final int TEMPLATE_REQID = 44;
    static final int TEMPLATE_OPTIONAL = 50;
    static final int TEMPLATE_ALGORITHMS = 52;
    static final int SOURCE = 16;
    static final int PORT = 32;
    static final int SELECTOR_FAMILY = 40;
    static final int DESTINATION_BITS = 42;
    static final int SOURCE_BITS = 43;
    static final int SELECTOR_PROTOCOL = 44;
    private static final int ADDRESS = 16;

    private XfrmStructs() {}

    /** Returns a structure of zeros. */
    static ByteBuffer of(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    /** Writes an address. */
    static void put(ByteBuffer into, int at, IpAddress address) {
        into.put(at, address.octets());
    }

    /** Writes a number in network order. */
    static void putNetwork16(ByteBuffer into, int at, int number) {
        into.put(at, (byte) (number >>> 8)).put(at + 1, (byte) number);
    }

    /** Writes a number in network order. */
    static void putNetwork32(ByteBuffer into, int at, int number) {
        putNetwork16(into, at, number >>> 16);
        putNetwork16(into, at + 2, number);
    }

    /** Writes that there are no limits. */
    static void putNoLimits(ByteBuffer into, int at) {
        for (int i = 0; i < 4; i++) {
            into.putLong(at + 8 * i, -1);
        }
    }

    /** Writes at the start what packets are meant: UDP to a port, from one address or to it; from or to any if it is unspecified. */
    static void select(ByteBuffer into, boolean out, IpAddress address, int port) {
        put(into, out ? SOURCE : 0, address);
        putNetwork16(into, PORT, port);
        putNetwork16(into, PORT + 2, 0xffff);
        into.putShort(SELECTOR_FAMILY, family(address));
        into.put(out ? SOURCE_BITS : DESTINATION_BITS, (byte) bits(address));
        into.put(SELECTOR_PROTOCOL, (byte) IPPROTO_UDP);
    }

    /** Returns how many bits of an address count: none of the unspecified one. */
    static int bits(IpAddress address) {
        return address.isUnspecified() ? 0 : address.family().bits();
    }

    /** Returns the number of an address's family. */
    static short family(IpAddress address) {
        return (short) Sockets.family(address);
    }

    /** Reads an address. */
    static IpAddress address(ByteBuffer from, int at, int family) {
        byte[] octets = new byte[ADDRESS];
        from.get(at, octets);
        return IpAddress.of(family == Sockets.AF_INET ? Arrays.copyOf(octets, 4) : octets);
    }

    /** Reads a number in network order. */
    static int network32(ByteBuffer from, int at) {
        return from.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(at);
    }
}
