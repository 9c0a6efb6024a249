package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** Where a store is that hosts share, and how it is reached. */
@Value.Immutable
public interface StoreAddress {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** The store's name: {@code etcd}, {@code zookeeper} or {@code consul}. */
    String store();

    /** Its servers as {@code host:port}; one that answers is enough. Not empty. */
    List<String> servers();

    /** What all keys begin with, to keep clusters on one store apart; default {@code cnm4j/}. */
    @Value.Default
    default String prefix() {
        return "cnm4j/";
    }

    /** Certificates of the authorities that the servers' are checked against, PEM; no TLS if absent. */
    Optional<Path> authorities();

    /** The client's own certificate with its chain, PEM, if the servers want one. */
    Optional<Path> certificate();

    /** The key to {@link #certificate}, PEM, PKCS #8, not encrypted. */
    Optional<Path> key();

    /** The user's name, if the servers want one. */
    Optional<String> user();

    /** The user's password; Consul: the access token. Shown nowhere. */
    @Value.Redacted
    Optional<String> password();

    /** How long a call waits where the caller gives no other limit; default 10 seconds. */
    @Value.Default
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /** Refuses an address without a server, half a certificate, and a limit that is not positive. */
    @Value.Check
    default void check() {
        if (servers().isEmpty()) {
            throw new InvalidRequestException("store '" + store() + "' has no server; give at least one as host:port");
        }
        for (String server : servers()) {
            if (!server.matches("[^/\\s]+:\\d{1,5}")) {
                throw new InvalidRequestException("server '" + server + "' is not host:port");
            }
        }
        if (certificate().isPresent() != key().isPresent()
                || (certificate().isPresent() && authorities().isEmpty())) {
            throw new InvalidRequestException(
                    "TLS with a client certificate needs the authorities, the certificate and its key; one is missing");
        }
        if (timeout().isZero() || timeout().isNegative()) {
            throw new InvalidRequestException("timeout " + timeout() + " must be positive");
        }
        if (prefix().length() > 100) {
            throw new InvalidRequestException(
                    "prefix '" + prefix() + "' has " + prefix().length() + " characters, at most 100 are possible");
        }
    }

    /** Builds an address. Not thread-safe. */
    final class Builder extends ImmutableStoreAddress.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
