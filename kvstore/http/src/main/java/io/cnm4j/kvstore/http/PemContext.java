package io.cnm4j.kvstore.http;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.StoreAddress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS from PEM files. Stateless. */
public final class PemContext {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    private PemContext() {}

    /**
     * Returns the TLS context that an address asks for, if it asks for TLS.
     *
     * @throws ConfigurationException if a file cannot be read or is not what it should be; the message names it
     */
    public static Optional<SSLContext> of(StoreAddress address) {
        return address.authorities().map(authorities -> context(address, authorities));
    }

    private static SSLContext context(StoreAddress address, Path authorities) {
        try {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities(authorities));
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own(address), new char[0]);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "TLS to store '" + address.store() + "' cannot be set up from " + authorities + ", "
                            + address.certificate() + ", " + address.key() + ": " + e + "; see that they are PEM files",
                    e);
        }
    }

    /** Returns the key store that trusts these authorities. */
    public static KeyStore authorities(Path authorities) throws GeneralSecurityException, IOException {
        KeyStore trusted = empty();
        int number = 0;
        for (Certificate certificate : certificates(authorities)) {
            trusted.setCertificateEntry("authority" + number++, certificate);
        }
        return trusted;
    }

    /** Returns the key store with the client's own certificate, with an empty password; empty if it has none. */
    public static KeyStore own(StoreAddress address) throws GeneralSecurityException, IOException {
        KeyStore own = empty();
        if (address.certificate().isPresent()) {
            Certificate[] chain =
                    certificates(address.certificate().orElseThrow()).toArray(new Certificate[0]);
            own.setKeyEntry(
                    "own",
                    key(address.key().orElseThrow(), chain[0].getPublicKey().getAlgorithm()),
                    new char[0],
                    chain);
        }
        return own;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws GeneralSecurityException, IOException {
        var certificates = new ByteArrayOutputStream(); // without a key that is in the same file
        Matcher matcher = CERTIFICATE.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        while (matcher.find()) {
            certificates.writeBytes((matcher.group() + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        if (certificates.size() == 0) {
            throw new IOException(file + " holds no certificate");
        }
        return List.copyOf(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(certificates.toByteArray())));
    }

    private static PrivateKey key(Path file, String algorithm) throws GeneralSecurityException, IOException {
        String pem = Files.readString(file, StandardCharsets.US_ASCII);
        String begin = "-----BEGIN PRIVATE KEY-----";
        int start = pem.indexOf(begin);
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (start < 0 || end < start) {
            throw new IOException(file + " holds no PKCS #8 key that is not encrypted");
        }
        byte[] octets = Base64.getMimeDecoder().decode(pem.substring(start + begin.length(), end));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(octets));
    }
}
