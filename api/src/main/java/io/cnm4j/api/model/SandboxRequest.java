package io.cnm4j.api.model;

import io.cnm4j.api.Network;
import io.cnm4j.api.SandboxId;
import io.cnm4j.api.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What a new sandbox should be. */
@Value.Immutable
public interface SandboxRequest {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns a request for a namespace of its own with defaults throughout. */
    static SandboxRequest forContainer(String containerId) {
        return builder().containerId(containerId).build();
    }

    /** The container it belongs to; unique within a controller, not blank. */
    String containerId();

    /** The id to have; a random one if absent. */
    Optional<SandboxId> id();

    /** A network namespace that exists and stays the caller's; a new one is made if absent. */
    Optional<Path> namespace();

    /** Whether its namespace is the host's own, whose networks and ports it then has; default false. */
    @Value.Default
    default boolean hostNamespace() {
        return false;
    }

    /**
     * Whether its namespace is made later by somebody else, such as a runtime, and handed over by {@link io.cnm4j.api.Sandbox#useNamespace} or a {@link
     * io.cnm4j.api.NetworkController#runtimeHook hook}; default false. It can be connected before: its interfaces come with the namespace.
     */
    @Value.Default
    default boolean namespaceLater() {
        return false;
    }

    /**
     * The container in whose sandbox it is: it has that sandbox' namespace and files, and gets no endpoints of its own; that sandbox
     * stays as long as this one does. One of its own if absent.
     */
    Optional<String> sharedWith();

    /**
     * The host name, for the hosts file and as one more name on its networks; the first 12 characters of the container id if
     * absent. It may have a domain behind it.
     */
    Optional<String> hostname();

    /** More lines for the hosts file, in this order. */
    List<ExtraHost> extraHosts();

    /** Name servers to ask instead of the host's; the sandbox reaches them itself. The host's if empty. */
    List<IpAddress> nameServers();

    /** Domains in which short names are looked for, instead of the host's; a single {@code .} stands for none. The host's if empty. */
    List<String> searchDomains();

    /** Options of resolv.conf(5) instead of the host's, such as {@code ndots:1}; the host's if empty. */
    List<String> resolverOptions();

    /**
     * Networks to connect it to, in this order: it comes with all of them or not at all, in less time than one call after the other
     * takes. If the process dies meanwhile it may be there without those of a cluster or of a plug-in. Default none.
     */
    List<Connection> connections();

    /** Free labels; cnm4j keeps them and gives them no meaning. */
    Map<String, String> labels();

    /** Refuses a blank container id, a relative namespace path, impossible names and two namespaces at once. */
    @Value.Check
    default void check() {
        if (containerId().isBlank()) {
            throw new InvalidRequestException("container id is blank; give the sandbox a container id");
        }
        namespace().filter(path -> !path.isAbsolute()).ifPresent(path -> {
            throw new InvalidRequestException("namespace path '" + path + "' must be absolute");
        });
        int places = (namespace().isPresent() ? 1 : 0)
                + (namespaceLater() ? 1 : 0)
                + (hostNamespace() ? 1 : 0)
                + (sharedWith().isPresent() ? 1 : 0);
        if (places > 1) {
            throw new InvalidRequestException(
                    "container '" + containerId()
                            + "' asks for more than one of namespace, namespaceLater, hostNamespace and sharedWith; a sandbox is in one place");
        }
        if (sharedWith().isPresent() && !connections().isEmpty()) { // EG-12
            throw new InvalidRequestException("container '" + containerId() + "' shares the sandbox of '"
                    + sharedWith().orElseThrow()
                    + "' and its networks; leave the connections out, or connect that one");
        }
        searchDomains().stream().filter(domain -> !domain.equals(".")).forEach(DnsNames::check);
        resolverOptions().stream()
                .filter(option -> !option.matches("[!-~]{1,64}"))
                .findFirst()
                .ifPresent(option -> {
                    throw new InvalidRequestException("resolver option '" + option
                            + "' must be 1 to 64 printable characters without a space, such as 'ndots:1'");
                });
        hostname().filter(name -> !name.matches("[A-Za-z0-9._-]{1,253}")).ifPresent(name -> {
            throw new InvalidRequestException(
                    "host name '" + name + "' must be 1 to 253 letters, digits, dots, hyphens or underscores");
        });
    }

    /** Builds a request. Not thread-safe. */
    final class Builder extends ImmutableSandboxRequest.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}

        /** Adds a network to connect it to. */
        public Builder connect(Network network, EndpointRequest endpoint) {
            addConnections(new Connection(network.id(), endpoint));
            return this;
        }
    }
}
