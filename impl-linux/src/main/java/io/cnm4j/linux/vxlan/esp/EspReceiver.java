package io.cnm4j.linux.vxlan.esp;

import io.cnm4j.linux.vxlan.codec.Drop;
import java.nio.ByteBuffer;
import javax.crypto.Cipher;

/** Opens packets under the keys of an endpoint, in place. Of one thread. */
public final class EspReceiver {
    private static final int LEAST = 16 + 8 + 2 + Gcm.TAG;
    private static final int NEXT_UDP = 17;
    private static final int SPACE = 1 << 16;

    private static final class Association {
        private final EspKeys.Received received;
        private final Gcm gcm;
        private final ReplayWindow window = new ReplayWindow();

        Association(EspKeys.Received received) {
            this.received = received;
            this.gcm = new Gcm(received.key(), Cipher.DECRYPT_MODE);
        }
    }

    private final byte[] header = new byte[8];
    private final byte[] sealed = new byte[SPACE];
    private final byte[] plain = new byte[SPACE];
    private Association[] associations = new Association[0];

    /** Makes one without keys. */
    public EspReceiver() {}

    /** Takes these keys from now on; those that stay keep their windows. */
    public void use(EspKeys keys) {
        var next = new Association[keys.receiving().size()];
        for (int i = 0; i < next.length; i++) {
            EspKeys.Received received = keys.receiving().get(i);
            next[i] = find(received);
        }
        associations = next;
    }

    private Association find(EspKeys.Received received) {
        for (Association each : associations) {
            if (each.received.equals(received)) {
                return each;
            }
        }
        return new Association(received);
    }

    /**
     * Opens a packet; what was sealed, UDP header first, is where it began then.
     *
     * @param high high half of the address it came from, 0 for IPv4
     * @param low low half of it, bits of an IPv4 address
     * @return the octets of it, or a {@link Drop}
     */
    public long open(ByteBuffer packet, int at, int length, long high, long low) {
        if (length < LEAST || length > SPACE) {
            return Drop.TRUNCATED.code();
        }
        int spi = packet.getInt(at);
        for (Association each : associations) {
            if (each.received.key().spi() == spi
                    && each.received.from().high() == high
                    && each.received.from().low() == low) {
                return open(each, packet, at, length);
            }
        }
        return Drop.UNKNOWN_KEY.code();
    }

    private long open(Association association, ByteBuffer packet, int at, int length) {
        long sequence = packet.getInt(at + 4) & 0xffff_ffffL;
        if (!association.window.isNew(sequence)) {
            return Drop.REPLAYED.code();
        }
        packet.get(at, header, 0, 8);
        packet.get(at + 16, sealed, 0, length - 16);
        int octets = association.gcm.apply(packet.getLong(at + 8), header, sealed, length - 16, plain);
        if (octets < 0) {
            return Drop.NOT_AUTHENTIC.code();
        }
        association.window.note(sequence);
        int padding = plain[octets - 2] & 0xff;
        int payload = octets - 2 - padding;
        if (plain[octets - 1] != NEXT_UDP || payload < 8) {
            return Drop.NOT_UDP.code();
        }
        packet.put(at, plain, 0, payload);
        return payload;
    }
}
