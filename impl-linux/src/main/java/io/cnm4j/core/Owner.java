package io.cnm4j.core;

import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.core.ledger.SandboxRecord;

/**
 * A record that owns kernel objects.
 *
 * @param subject its kind and id
 * @param turn the key of the turn that whoever changes it has
 * @param label names it in messages
 */
record Owner(String subject, String turn, String label) {

    static Owner of(NetworkRecord network) {
        String key = "network " + network.id();
        return new Owner(key, key, "network '" + network.name() + "'");
    }

    static Owner of(SandboxRecord sandbox) {
        String key = "sandbox " + sandbox.id();
        return new Owner(key, key, "sandbox of container '" + sandbox.containerId() + "'");
    }

    /** Returns the owner that an endpoint is while it is in a sandbox. */
    static Owner of(EndpointRecord endpoint) {
        return new Owner(
                "endpoint " + endpoint.id(),
                "sandbox " + endpoint.joined().orElseThrow().sandbox(),
                "endpoint '" + endpoint.name() + "' (" + endpoint.id().shortForm() + ")");
    }

    @Override
    public String toString() {
        return label;
    }
}
