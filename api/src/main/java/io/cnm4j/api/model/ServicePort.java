package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;

/**
 * A service, found by an SRV question (RFC 2782).
 *
 * @param name what is asked for, such as {@code _http._tcp.web}
 * @param port 1 to 65535
 * @param priority 0 to 65535; the lowest is to be tried first
 * @param weight 0 to 65535; its share among those of one priority
 */
public record ServicePort(String name, int port, int priority, int weight) {
    private static final int MOST = 65_535;

    /** Refuses numbers out of range. */
    public ServicePort {
        DnsNames.check(name);
        if (port < 1 || port > MOST || priority < 0 || priority > MOST || weight < 0 || weight > MOST) {
            throw new InvalidRequestException("service '" + name + "' has port " + port + ", priority " + priority
                    + " and weight " + weight + "; a port is 1 to 65535, the others 0 to 65535");
        }
    }

    /** Returns a service of priority and weight 0. */
    public static ServicePort of(String name, int port) {
        return new ServicePort(name, port, 0, 0);
    }
}
