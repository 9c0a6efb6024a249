package io.cnm4j.core.secret;

import io.cnm4j.api.model.IpAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
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
    /** Octets of a key: AES-256 32, salt 4. */
    public static final int MATERIAL = 36;

    private static final int KEYS = 8; // bits of an SPI for the number of the key; those of the host come before them

    /**
     * A key of one direction.
     *
     * @param peer the other host
     * @param spi what names it in packets: the number of the host that sends, and in the lowest octet that of the key
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
        for (Sealer other : others) {
            for (KeyRing.Key key : ring.keys()) {
                if (key.number() == ring.primary()) {
                    sending.add(derived(key, self, other, other.address()));
                }
                receiving.add(derived(key, other, self, other.address()));
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
        int spi = (from.number() << KEYS) | (key.number() & ((1 << KEYS) - 1)); // 256 or more, and no other host's
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
