package io.cnm4j.kvstore.http;

import io.cnm4j.api.error.ConfigurationException;
import java.io.EOFException;
import java.net.SocketException;
import java.util.List;
import javax.net.ssl.SSLException;

/** What it means that client and server do not agree on TLS: trying again does not help. Stateless. */
public final class TlsRefusal {
    private TlsRefusal() {}

    /** Tells whether a call failed since one side did not accept the other, and not since a connection broke. */
    public static boolean isOne(Throwable failure) {
        boolean tls = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof EOFException || cause instanceof SocketException) {
                return false;
            }
            tls |= cause instanceof SSLException;
        }
        return tls;
    }

    /** Returns the error that says what to do. */
    public static ConfigurationException of(String store, List<String> servers, Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null && !(reason instanceof SSLException)) {
            reason = reason.getCause();
        }
        return new ConfigurationException(
                "store '" + store + "' at " + servers + " and this client do not agree on TLS: " + reason.getMessage()
                        + "; see that the authorities signed the servers' certificates, that these name the hosts"
                        + " as the address does, and that the servers trust the client's own certificate",
                failure);
    }
}
