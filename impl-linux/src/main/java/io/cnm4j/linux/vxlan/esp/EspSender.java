package io.cnm4j.linux.vxlan.esp;

import io.cnm4j.linux.vxlan.codec.Drop;
import java.nio.ByteBuffer;
import javax.crypto.Cipher;

/** Seals packets under one key. A packet is put together from ranges, then sealed. Of one thread. */
public final class EspSender {
    /** Octets it adds at most: SPI, sequence number, IV, padding, trailer and tag. */
    public static final int OVERHEAD = 16 + 3 + 2 + Gcm.TAG;

    private static final int NEXT_UDP = 17;
    private static final long LAST = 0xffff_ffffL;
    private static final int SPACE = (1 << 16) + 64;

    private final Gcm gcm;
    private final int spi;
    private final byte[] header = new byte[8];
    private final byte[] plain = new byte[SPACE];
    private final byte[] sealed = new byte[SPACE];
    private int length;
    private long sequence;
    private long iv;

    /**
     * Makes one.
     *
     * @param epochMillis milliseconds since 1970: nonces begin there, so that they do not come again after a restart
     */
    public EspSender(EspKey key, long epochMillis) {
        gcm = new Gcm(key, Cipher.ENCRYPT_MODE);
        spi = key.spi();
        iv = epochMillis << 22; // four million packets a millisecond until they meet those of a restart
    }

    /** Begins a packet with a UDP header. */
    public void begin(int sourcePort, int port, int payload, int checksum) {
        put16(0, sourcePort);
        put16(2, port);
        put16(4, payload + 8);
        put16(6, checksum);
        length = 8;
    }

    private void put16(int at, int value) {
        plain[at] = (byte) (value >>> 8);
        plain[at + 1] = (byte) value;
    }

    /** Adds octets. */
    public void add(ByteBuffer from, int at, int octets) {
        from.get(at, plain, length, octets);
        length += octets;
    }

    /**
     * Seals what was put together.
     *
     * @param into where the packet goes, {@link #OVERHEAD} more octets than were added
     * @return its octets; {@link Drop#KEY_EXHAUSTED} after 2^32-1 packets
     */
    public long seal(ByteBuffer into, int at) {
        if (sequence == LAST) {
            return Drop.KEY_EXHAUSTED.code();
        }
        sequence++;
        iv++;
        int padding = -(length + 2) & 3;
        for (int i = 1; i <= padding; i++) { // RFC 4303 section 2.4: 1, 2, 3
            plain[length++] = (byte) i;
        }
        plain[length++] = (byte) padding;
        plain[length++] = NEXT_UDP;
        into.putInt(at, spi).putInt(at + 4, (int) sequence).putLong(at + 8, iv);
        into.get(at, header, 0, 8);
        int octets = gcm.apply(iv, header, plain, length, sealed);
        into.put(at + 16, sealed, 0, octets);
        return 16L + octets;
    }
}
