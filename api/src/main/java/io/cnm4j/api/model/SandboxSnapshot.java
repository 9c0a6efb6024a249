package io.cnm4j.api.model;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.SandboxId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** A sandbox as it was at one moment. */
@Value.Immutable
public interface SandboxSnapshot {
    /** Identity. */
    SandboxId id();

    /** The container it belongs to. */
    String containerId();

    /** Its network namespace. */
    Path namespace();

    /** Whether the namespace is still to be handed over. */
    boolean namespaceAwaited();

    /** Whether the namespace was made by cnm4j and goes with the sandbox. */
    boolean namespaceOwned();

    /** The sandbox whose namespace and files it shares, if it does. */
    Optional<SandboxId> sharedWith();

    /** The hosts file made for it. */
    Path hostsFile();

    /** The resolver configuration made for it. */
    Path resolvConfFile();

    /** Its endpoints, by name of their networks; one that the controller made comes last. */
    List<EndpointId> endpoints();

    /** Whether others find it by its names. */
    boolean serviceEnabled();

    /** Free labels. */
    Map<String, String> labels();

    /** Builds a snapshot. Not thread-safe. */
    final class Builder extends ImmutableSandboxSnapshot.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
