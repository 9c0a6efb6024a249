package io.cnm4j.driver.remote.client;

import io.cnm4j.api.error.ConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a plug-in listens. */
public sealed interface PluginAddress {
    /**
     * A unix socket.
     *
     * @param socket its path
     */
    record Unix(Path socket) implements PluginAddress {
        @Override
        public String toString() {
            return "unix://" + socket;
        }
    }

    /**
     * A TCP port.
     *
     * @param host name or address
     * @param port port, 1 to 65535
     * @param tls how to speak TLS; absent for plain HTTP
     */
    record Tcp(String host, int port, Optional<Tls> tls) implements PluginAddress {
        @Override
        public String toString() {
            return (tls.isPresent() ? "https://" : "tcp://") + host + ":" + port;
        }
    }

    /**
     * How to speak TLS.
     *
     * @param insecureSkipVerify whether any certificate is taken
     * @param caFile certificates to trust, PEM
     * @param certFile our certificate, PEM
     * @param keyFile its key, PEM
     */
    record Tls(boolean insecureSkipVerify, Optional<Path> caFile, Optional<Path> certFile, Optional<Path> keyFile) {
        /** Takes any certificate and shows none. */
        public static final Tls INSECURE = new Tls(true, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Reads a URL: {@code unix:///path}, {@code tcp://host:port}, {@code http://host:port} or {@code https://host:port}.
     *
     * @param text the URL, white space around it ignored
     * @param tls used with {@code https}
     * @param where the file it is from, for messages
     * @throws ConfigurationException if it is none of these
     */
    static PluginAddress parse(String text, Tls tls, Path where) {
        String url = text.strip();
        try {
            URI uri = new URI(url);
            String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
            String path = Optional.ofNullable(uri.getPath()).orElse("");
            String host = Optional.ofNullable(uri.getHost()).orElse("");
            if (scheme.equals("unix") && path.startsWith("/") && host.isEmpty()) {
                return new Unix(Path.of(path));
            }
            boolean secure = scheme.equals("https");
            if ((secure || scheme.equals("tcp") || scheme.equals("http")) && !host.isEmpty()) {
                int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
                return new Tcp(host.replaceAll("[\\[\\]]", ""), port, secure ? Optional.of(tls) : Optional.empty());
            }
        } catch (URISyntaxException unreadable) {
            throw wrong(url, where, unreadable);
        }
        throw wrong(url, where, null);
    }

    private static ConfigurationException wrong(
            String url, Path where, @org.jspecify.annotations.Nullable URISyntaxException cause) {
        String shown = url.length() > 200 ? url.substring(0, 200) + "..." : url;
        return new ConfigurationException(
                "file " + where + " gives the address '" + shown
                        + "'; it should be unix:///path, tcp://host:port or https://host:port",
                cause);
    }
}
