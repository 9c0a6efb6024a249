package io.cnm4j.core.names;

import io.cnm4j.api.NetworkId;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** All names of one controller. Thread-safe. */
public final class NameDirectory {
    private final Map<NetworkId, Zone> zones = new ConcurrentHashMap<>();
    private final Map<NamespaceRef, SandboxNames> sandboxes = new ConcurrentHashMap<>();

    /** Returns the zone of a network. */
    public Zone zone(NetworkId id, String network) {
        return zones.computeIfAbsent(id, unknown -> new Zone(network));
    }

    /** Forgets a network. */
    public void forget(NetworkId id) {
        zones.remove(id);
    }

    /** Sets what a sandbox may find. */
    public void set(NamespaceRef sandbox, SandboxNames names) {
        sandboxes.put(sandbox, names);
    }

    /** Forgets a sandbox. */
    public void forget(NamespaceRef sandbox) {
        sandboxes.remove(sandbox);
    }

    /** Returns what a sandbox may find, if it is known. */
    public Optional<SandboxNames> sandbox(NamespaceRef namespace) {
        return Optional.ofNullable(sandboxes.get(namespace));
    }
}
