package io.cnm4j.api.error;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.TransportProtocol;

/** A port of the host has another owner, whom the message names: an endpoint of this controller or a program. */
public final class PortInUseException extends ConflictException {
    private static final long serialVersionUID = 1;

    private final TransportProtocol protocol;
    private final transient IpAddress address;
    private final int port;

    /**
     * @param protocol the protocol
     * @param address the host's address
     * @param port the port
     * @param owner who has it, as the message says it
     */
    public PortInUseException(TransportProtocol protocol, IpAddress address, int port, String owner) {
        super("Bind for " + (address.toString().contains(":") ? "[" + address + "]" : address) + ":" + port
                + " failed: port is already allocated, " + protocol + ", by " + owner
                + "; choose another host port, or end what has it");
        this.protocol = protocol;
        this.address = address;
        this.port = port;
    }

    /** Returns the protocol. */
    public TransportProtocol protocol() {
        return protocol;
    }

    /** Returns the host's address. */
    public IpAddress address() {
        return address;
    }

    /** Returns the port. */
    public int port() {
        return port;
    }
}
