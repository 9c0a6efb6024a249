package io.cnm4j.core.secret;

import io.cnm4j.api.model.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What one host seals and opens packets with.
 *
 * @param sending one key for each other host
 * @param receiving all keys that another host may send with
 */
public record HostKeys(List<Key> sending, List<Key> receiving) {
    /** No keys. */
    public static final HostKeys NONE = new HostKeys(List.of(), List.of());

    private static final String PURPOSE = "cnm4j overlay esp 1";
    private static final int MATERIAL = 36; // AES-256 32, salt 4
    private static final int RESERVED = 0xff; // SPIs that RFC 4303 keeps

    /**
     * A key of one direction.
     *
     * @param peer the other host
     * @param spi what names it in packets
     * @param material 32 octets of key and 4 of salt
     */
    public record Key(IpAddress peer, int spi, Secret material) {}

    /** Copies the lists. */
    public HostKeys {
        sending = List.copyOf(sending);
        receiving = List.copyOf(receiving);
    }

    /** Returns what a host has with the others by a ring. */
    public static HostKeys of(KeyRing ring, Sealer self, Collection<Sealer> others) {
        var sending = new ArrayList<Key>();
        var receiving = new ArrayList<Key>();
        var names = new HashSet<String>();
        for (Sealer other : others) {
            for (KeyRing.Key key : ring.keys()) {
                if (key.number() == ring.primary()) {
                    sending.add(derived(key, self, other, other.address()));
                }
                Key received = derived(key, other, self, other.address());
                if (names.add(received.peer() + " " + received.spi())) { // two of one name: once in billions
                    receiving.add(received);
                }
            }
        }
        return new HostKeys(sending, receiving);
    }

    /** HKDF-Expand of RFC 5869 with SHA-256: the ring's keys are random, and need no extraction. */
    private static Key derived(KeyRing.Key key, Sealer from, Sealer to, IpAddress peer) {
        byte[] context = String.join(
                        "|",
                        PURPOSE,
                        from.address().toString(),
                        from.life(),
                        to.address().toString(),
                        to.life())
                .getBytes(StandardCharsets.UTF_8);
        byte[] first = mac(key.secret(), new byte[0], context, 1);
        byte[] second = mac(key.secret(), first, context, 2);
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        int spi = ByteBuffer.wrap(all).getInt(MATERIAL);
        if ((spi & ~RESERVED) == 0) {
            spi |= RESERVED + 1;
        }
        return new Key(peer, spi, Secret.of(Arrays.copyOf(all, MATERIAL)));
    }

    private static byte[] mac(Secret key, byte[] before, byte[] context, int count) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.octets(), "HmacSHA256"));
            mac.update(before);
            mac.update(context);
            mac.update((byte) count);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
