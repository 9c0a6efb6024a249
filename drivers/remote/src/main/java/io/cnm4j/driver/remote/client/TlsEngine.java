package io.cnm4j.driver.remote.client;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.driver.remote.client.PluginAddress.Tcp;
import io.cnm4j.driver.remote.client.PluginAddress.Tls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** TLS on a connection, where there is any. */
interface TlsEngine {
    /** Plain HTTP. */
    TlsEngine NONE = channel -> {};

    /** Adds what is needed to a connection that is not open yet. */
    void addTo(Channel channel);

    /**
     * Returns what this address needs.
     *
     * @throws ConfigurationException if a certificate or key cannot be used
     */
    static TlsEngine of(Tcp address) {
        Optional<Tls> tls = address.tls();
        if (tls.isEmpty()) {
            return NONE;
        }
        SslContext context = context(tls.orElseThrow(), address);
        return channel ->
                channel.pipeline().addLast(context.newHandler(channel.alloc(), address.host(), address.port()));
    }

    private static SslContext context(Tls tls, Tcp address) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient();
            if (tls.insecureSkipVerify()) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            } else {
                tls.caFile().map(Path::toFile).ifPresent(builder::trustManager);
            }
            if (tls.certFile().isPresent() && tls.keyFile().isPresent()) {
                builder.keyManager(
                        tls.certFile().orElseThrow().toFile(),
                        tls.keyFile().orElseThrow().toFile());
            }
            return builder.endpointIdentificationAlgorithm(tls.insecureSkipVerify() ? "" : "HTTPS")
                    .build();
        } catch (SSLException | IllegalArgumentException unusable) {
            throw new ConfigurationException(
                    "the certificates for " + address + " cannot be used: " + unusable.getMessage()
                            + "; they should be PEM, the key PKCS #8",
                    unusable);
        }
    }
}
