package io.cnm4j.driver.remote.protocol;

import java.util.Arrays;
import java.util.Optional;

/** What can be asked of a plug-in: {@code POST /Type.Method}. */
public enum Method {
    /** Which types the plug-in is of. */
    ACTIVATE("Plugin", "Activate"),
    /** Scope. */
    NETWORK_CAPABILITIES("NetworkDriver", "GetCapabilities"),
    /** For cluster managers. */
    ALLOCATE_NETWORK("NetworkDriver", "AllocateNetwork"),
    /** For cluster managers. */
    FREE_NETWORK("NetworkDriver", "FreeNetwork"),
    /** Whether a network needs gateways. */
    GATEWAY_CHECK("NetworkDriver", "GwAllocCheck"),
    /** Makes a network. */
    CREATE_NETWORK("NetworkDriver", "CreateNetwork"),
    /** Removes a network. */
    DELETE_NETWORK("NetworkDriver", "DeleteNetwork"),
    /** Makes an endpoint. */
    CREATE_ENDPOINT("NetworkDriver", "CreateEndpoint"),
    /** Removes an endpoint. */
    DELETE_ENDPOINT("NetworkDriver", "DeleteEndpoint"),
    /** What the driver has to tell of an endpoint. */
    ENDPOINT_INFO("NetworkDriver", "EndpointOperInfo"),
    /** Makes what a sandbox needs. */
    JOIN("NetworkDriver", "Join"),
    /** Takes it back. */
    LEAVE("NetworkDriver", "Leave"),
    /** Publishes ports: the endpoint is its sandbox' gateway now. */
    PROGRAM_CONNECTIVITY("NetworkDriver", "ProgramExternalConnectivity"),
    /** Takes that back. */
    REVOKE_CONNECTIVITY("NetworkDriver", "RevokeExternalConnectivity"),
    /** A node appeared. */
    DISCOVER_NEW("NetworkDriver", "DiscoverNew"),
    /** A node left. */
    DISCOVER_DELETE("NetworkDriver", "DiscoverDelete"),
    /** What the IPAM driver wants to be told. */
    IPAM_CAPABILITIES("IpamDriver", "GetCapabilities"),
    /** Names of its address spaces. */
    ADDRESS_SPACES("IpamDriver", "GetDefaultAddressSpaces"),
    /** Takes a pool. */
    REQUEST_POOL("IpamDriver", "RequestPool"),
    /** Gives a pool back. */
    RELEASE_POOL("IpamDriver", "ReleasePool"),
    /** Takes an address. */
    REQUEST_ADDRESS("IpamDriver", "RequestAddress"),
    /** Gives an address back. */
    RELEASE_ADDRESS("IpamDriver", "ReleaseAddress");

    /** What a plug-in says it is, to be asked {@code NetworkDriver} methods. */
    public static final String NETWORK_DRIVER = "NetworkDriver";

    /** What a plug-in says it is, to be asked {@code IpamDriver} methods. */
    public static final String IPAM_DRIVER = "IpamDriver";

    private final String type;
    private final String wire;

    Method(String type, String name) {
        this.type = type;
        this.wire = type + "." + name;
    }

    /** Returns the method of this path without its slash, if there is one. */
    public static Optional<Method> of(String wire) {
        return Arrays.stream(values())
                .filter(method -> method.wire.equals(wire))
                .findFirst();
    }

    /** Returns the type that a plug-in must be of. */
    public String type() {
        return type;
    }

    /** Returns the field of an answer that holds an error. */
    public String errorField() {
        return type.equals(IPAM_DRIVER) ? "Error" : "Err";
    }

    /** Returns {@code Type.Method}. */
    @Override
    public String toString() {
        return wire;
    }
}
