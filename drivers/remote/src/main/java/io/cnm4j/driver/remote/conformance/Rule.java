package io.cnm4j.driver.remote.conformance;

/** What a plug-in must keep. */
public enum Rule {
    /** Activation. */
    R01("Plugin.Activate names NetworkDriver, IpamDriver or both"),
    /** Scope. */
    R02("NetworkDriver.GetCapabilities has Scope local or global"),
    /** Bad input. */
    R03("a request whose NetworkID is no text is refused with Err"),
    /** Networks. */
    R04("a network can be created"),
    /** Twins. */
    R05("the same network cannot be created again"),
    /** Endpoints. */
    R06("an endpoint can be created, and its address is not changed"),
    /** Info. */
    R07("NetworkDriver.EndpointOperInfo knows the endpoint, or is not there"),
    /** Join. */
    R08("Join answers names, addresses and routes that can be read"),
    /** Leave. */
    R09("Leave and DeleteEndpoint succeed"),
    /** Ghosts. */
    R10("an endpoint that was deleted cannot join"),
    /** Networks go. */
    R11("DeleteNetwork succeeds, and the network can be created again"),
    /** Spaces. */
    R21("IpamDriver.GetDefaultAddressSpaces names a local address space"),
    /** Pools. */
    R22("a pool that is asked for by name is given, with an id"),
    /** Addresses. */
    R23("addresses lie in the pool, have its length, and are given once"),
    /** Wishes. */
    R24("an address that is asked for by name is given, and only once"),
    /** Releases. */
    R25("an address that was released can be had again"),
    /** Pools go. */
    R26("ReleasePool succeeds, and the pool can be had again");

    private final String text;

    Rule(String text) {
        this.text = text;
    }

    /** Returns it as a sentence. */
    public String text() {
        return text;
    }
}
