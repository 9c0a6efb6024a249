package io.cnm4j.kvstore.zookeeper;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.PemContext;
import io.cnm4j.kvstore.http.TlsRefusal;
import io.cnm4j.spi.host.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Finds out whether servers and we agree on TLS: ZooKeeper's client tries for ever and tells nobody. Stateless. */
final class TlsProbe {
    private static final long MOST_MILLIS = 2000;
    private static final int TRIES = 10;

    private TlsProbe() {}

    /**
     * Speaks to each server, if the address asks for TLS. What is merely out of reach is left to ZooKeeper's client.
     *
     * @throws io.cnm4j.api.error.ConfigurationException if no server and we can agree
     */
    static void run(StoreAddress address, Deadline deadline) {
        Optional<SSLContext> tls = PemContext.of(address);
        if (tls.isEmpty()) {
            return;
        }
        Optional<IOException> last = Optional.empty();
        for (String server : address.servers()) {
            last = refusal(tls.orElseThrow(), server, deadline);
            if (last.isEmpty()) {
                return;
            }
        }
        throw TlsRefusal.of("zookeeper", address.servers(), last.orElseThrow());
    }

    /** Returns why a server and we cannot agree. One that hangs up may have said so just before: it is asked again. */
    private static Optional<IOException> refusal(SSLContext tls, String server, Deadline deadline) {
        for (int tried = 0; tried < TRIES; tried++) {
            deadline.check("TLS with store 'zookeeper'");
            try {
                speak(tls, server, deadline);
                return Optional.empty();
            } catch (ConnectException | SocketTimeoutException unreachable) {
                return Optional.empty();
            } catch (IOException failure) {
                if (TlsRefusal.isOne(failure)) {
                    return Optional.of(failure);
                }
            }
        }
        return Optional.empty();
    }

    /** Asks something: a server that wants another certificate of ours says so only after the handshake. */
    private static void speak(SSLContext tls, String server, Deadline deadline) throws IOException {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, colon);
        int port = Integer.parseInt(server.substring(colon + 1));
        int millis = (int) Math.max(1, Math.min(MOST_MILLIS, TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos())));
        try (var plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), millis);
            plain.setSoTimeout(millis);
            try (var socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the names that RFC 2818 has
                socket.setSSLParameters(parameters);
                socket.getOutputStream().write("ruok".getBytes(US_ASCII));
                socket.getInputStream().read();
            }
        }
    }
}
