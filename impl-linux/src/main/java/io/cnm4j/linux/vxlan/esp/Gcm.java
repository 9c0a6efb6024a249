package io.cnm4j.linux.vxlan.esp;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM under one key by the JDK's cipher, which makes some short-lived objects for each packet: it has no way to take another
 * nonce without. Of one thread.
 */
final class Gcm {
    static final int TAG = 16;
    static final int IV = 8;
    private static final int TAG_BITS = 8 * TAG;

    private final SecretKeySpec key;
    private final byte[] nonce = new byte[12];
    private final Cipher cipher;
    private final int mode;

    Gcm(EspKey key, int mode) {
        this.key = new SecretKeySpec(key.cipherKey(), "AES");
        this.mode = mode;
        System.arraycopy(key.salt(), 0, nonce, 0, 4);
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM/NoPadding", e);
        }
    }

    /**
     * Encrypts or decrypts.
     *
     * @param iv the explicit part of the nonce
     * @param header authenticated alone: the first eight octets
     * @return the octets of the result; negative if it is not authentic
     */
    int apply(long iv, byte[] header, byte[] from, int length, byte[] to) {
        ByteBuffer.wrap(nonce).putLong(4, iv);
        try {
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(header, 0, 8);
            return cipher.doFinal(from, 0, length, to, 0);
        } catch (AEADBadTagException notAuthentic) {
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256-GCM of " + length + " octets failed", e);
        }
    }
}
