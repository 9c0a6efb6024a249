package io.cnm4j.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What a sandbox is to be from now on. What is absent stays as it is. */
@Value.Immutable
public interface SandboxUpdate {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** The host name, as in {@link SandboxRequest#hostname}. */
    Optional<String> hostname();

    /** All of the extra lines of its hosts file, as in {@link SandboxRequest#extraHosts}. */
    Optional<List<ExtraHost>> extraHosts();

    /** All of its name servers, as in {@link SandboxRequest#nameServers}. */
    Optional<List<IpAddress>> nameServers();

    /** All of its search domains, as in {@link SandboxRequest#searchDomains}. */
    Optional<List<String>> searchDomains();

    /** All of its resolver options, as in {@link SandboxRequest#resolverOptions}. */
    Optional<List<String>> resolverOptions();

    /** Whether the host's resolver configuration is read anew; default false. */
    @Value.Default
    default boolean hostResolver() {
        return false;
    }

    /** All of its labels. */
    Optional<Map<String, String>> labels();

    /** Refuses what a {@link SandboxRequest} refuses. */
    @Value.Check
    default void check() {
        SandboxRequest.builder()
                .containerId("any")
                .hostname(hostname())
                .searchDomains(searchDomains().orElse(List.of()))
                .resolverOptions(resolverOptions().orElse(List.of()))
                .build();
    }

    /** Builds an update. Not thread-safe. */
    final class Builder extends ImmutableSandboxUpdate.Builder {
        /** Starts with nothing to change. */
        public Builder() {}
    }
}
