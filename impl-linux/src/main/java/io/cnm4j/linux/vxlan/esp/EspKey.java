package io.cnm4j.linux.vxlan.esp;

import io.cnm4j.api.error.InvalidRequestException;
import java.security.MessageDigest;
import java.util.Arrays;

/** A key for one direction between two endpoints, with its SPI (RFC 4303 section 2.1). Immutable. */
public final class EspKey {
    /** Octets of key material: 32 of AES-256 and 4 of salt, as ip-xfrm(8) takes them for rfc4106(gcm(aes)). */
    public static final int LENGTH = 36;

    private static final int LEAST_SPI = 256; // RFC 4303: 1 to 255 are reserved

    private final int spi;
    private final byte[] material;

    /**
     * Makes a key.
     *
     * @param spi what names it in packets: 256 or more, unsigned
     * @param material {@link #LENGTH} octets from a source of true randomness; copied
     * @throws InvalidRequestException if either is not so
     */
    public EspKey(int spi, byte[] material) {
        if (spi >= 0 && spi < LEAST_SPI) {
            throw new InvalidRequestException("the SPI " + spi + " is reserved; take one of 256 or more");
        }
        if (material.length != LENGTH) {
            throw new InvalidRequestException("key material has " + material.length
                    + " octets; AES-256-GCM for ESP takes " + LENGTH + ": 32 of key and 4 of salt");
        }
        this.spi = spi;
        this.material = material.clone();
    }

    /** Returns what names it in packets. */
    public int spi() {
        return spi;
    }

    byte[] cipherKey() {
        return Arrays.copyOf(material, 32);
    }

    byte[] salt() {
        return Arrays.copyOfRange(material, 32, LENGTH);
    }

    /** Tells whether it is the same key of the same name: its counter and window go on then. */
    @Override
    public boolean equals(Object other) {
        return other instanceof EspKey key && key.spi == spi && MessageDigest.isEqual(key.material, material);
    }

    @Override
    public int hashCode() {
        return spi;
    }

    /** Returns the SPI; never the key. */
    @Override
    public String toString() {
        return "EspKey[spi=0x" + Integer.toHexString(spi) + "]";
    }
}
