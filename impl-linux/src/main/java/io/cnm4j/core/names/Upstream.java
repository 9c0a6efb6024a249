package io.cnm4j.core.names;

import io.cnm4j.api.model.IpAddress;

/**
 * A name server that is asked for what we do not know.
 *
 * @param address where it is
 * @param onHost whether it is asked from the host's namespace; from the sandbox if not
 */
public record Upstream(IpAddress address, boolean onHost) {
    @Override
    public String toString() {
        return onHost ? "host(" + address + ")" : address.toString();
    }
}
