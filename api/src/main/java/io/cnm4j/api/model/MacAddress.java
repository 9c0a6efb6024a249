package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;

/**
 * An EUI-48 hardware address.
 *
 * @param bits the six octets in the lower 48 bits, first octet highest
 */
public record MacAddress(long bits) {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    /** The address of zeros, which no interface has. */
    public static final MacAddress NONE = new MacAddress(0);

    /** Refuses more than 48 bits. */
    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new InvalidRequestException("a MAC address has 48 bits, got 0x" + Long.toHexString(bits));
        }
    }

    /**
     * Returns the address written as six hex pairs with colons.
     *
     * @throws InvalidRequestException if it is anything else
     */
    public static MacAddress parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidRequestException("'" + text + "' is not a MAC address; write it like 02:42:0a:00:00:05");
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /** Returns the address of these six octets. */
    public static MacAddress of(byte[] octets) {
        if (octets.length != 6) {
            throw new InvalidRequestException("a MAC address has 6 octets, got " + octets.length);
        }
        return new MacAddress(
                ByteBuffer.allocate(8).putShort((short) 0).put(octets).getLong(0));
    }

    /** Returns a unicast, locally administered address (IEEE 802) made from 46 bits of {@code random}. */
    public static MacAddress localUnicast(long random) {
        return new MacAddress((random & 0xfcff_ffff_ffffL) | 0x0200_0000_0000L);
    }

    /** Tells whether the group bit is set: not an address an interface may have. */
    public boolean isMulticast() {
        return (bits >>> 40 & 1) != 0;
    }

    /** Returns a new array of six octets. */
    public byte[] octets() {
        byte[] octets = new byte[6];
        ByteBuffer.allocate(8).putLong(0, bits).position(2).get(octets);
        return octets;
    }

    /** Returns six lower-case hex pairs with colons. */
    @Override
    public String toString() {
        var text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            long octet = bits >>> shift & 0xff;
            text.append(octet < 16 ? "0" : "").append(Long.toHexString(octet)).append(shift == 0 ? "" : ":");
        }
        return text.toString();
    }
}
