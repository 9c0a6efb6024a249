package io.cnm4j.core.secret;

import io.cnm4j.api.error.StoreException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Octets that nobody may see. Immutable. */
public final class Secret {
    private final byte[] octets;

    private Secret(byte[] octets) {
        this.octets = octets;
    }

    /** Returns the octets as a secret; copied. */
    public static Secret of(byte[] octets) {
        return new Secret(octets.clone());
    }

    /** Returns a new one. */
    public static Secret random(RandomGenerator random, int length) {
        byte[] octets = new byte[length];
        random.nextBytes(octets);
        return new Secret(octets);
    }

    /**
     * Returns the secret that a record holds.
     *
     * @throws StoreException if it holds none; the message does not say what it holds
     */
    public static Secret parse(String base64) {
        try {
            return new Secret(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException unreadable) {
            // without the cause, which has the text
            throw new StoreException("a key of the cluster is not in the form of Base64; restore the record");
        }
    }

    /** Returns it for a record. */
    public String reveal() {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** Returns a copy of the octets. */
    public byte[] octets() {
        return octets.clone();
    }

    /** Returns how many octets it has. */
    public int length() {
        return octets.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(octets, secret.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    /** Returns its length; never what it is. */
    @Override
    public String toString() {
        return "Secret[" + octets.length + " octets]";
    }
}
