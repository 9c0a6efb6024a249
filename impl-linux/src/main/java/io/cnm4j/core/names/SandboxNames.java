package io.cnm4j.core.names;

import io.cnm4j.api.model.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one sandbox may find. Immutable, but the tables of its networks move on.
 *
 * @param containerId whose it is
 * @param networks its networks, in the order in which they are asked
 * @param upstreams who is asked for the rest, in this order
 * @param mayAskHost whether the host's own servers are asked: not for a sandbox that is on internal networks only
 * @param shortNamesStay whether addresses of unknown names without a dot are never asked for elsewhere
 */
public record SandboxNames(
        String containerId,
        List<Attached> networks,
        List<Upstream> upstreams,
        boolean mayAskHost,
        boolean shortNamesStay) {

    /**
     * A network of the sandbox.
     *
     * @param zone names on it
     * @param links alias to name, in lower case, for this sandbox alone
     */
    public record Attached(Zone zone, Map<String, String> links) {
        /** Brings the names into one form. */
        public Attached {
            var plain = new java.util.HashMap<String, String>();
            links.forEach((alias, name) -> plain.put(Registration.plain(alias), Registration.plain(name)));
            links = Map.copyOf(plain);
        }
    }

    /** Copies the lists. */
    public SandboxNames {
        networks = List.copyOf(networks);
        upstreams = upstreams.stream()
                .filter(upstream -> mayAskHost || !upstream.onHost())
                .toList();
    }

    /** Returns what a name has, or null if no network of the sandbox knows it: DNS-11. The name is in lower case. */
    public @Nullable Addresses addresses(String name) {
        Addresses found = addresses(name, null);
        for (int dot = name.lastIndexOf('.'); found == null && dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            found = addresses(name.substring(0, dot), name.substring(dot + 1));
        }
        return found;
    }

    private @Nullable Addresses addresses(String name, @Nullable String network) {
        Addresses found = null;
        boolean linked = false;
        for (int i = 0; found == null && i < networks.size(); i++) {
            Attached attached = networks.get(i);
            String real = attached.links.isEmpty() ? null : attached.links.get(name);
            linked |= real != null;
            if (real != null && isIn(attached, network)) {
                found = attached.zone.addresses(real);
            }
        }
        for (int i = 0; found == null && i < networks.size(); i++) {
            Attached attached = networks.get(i);
            if (isIn(attached, network) && !(linked && attached.links.containsKey(name))) {
                found = attached.zone.addresses(name);
            }
        }
        return found;
    }

    private static boolean isIn(Attached attached, @Nullable String network) {
        return network == null || attached.zone.network().equals(network);
    }

    /** Returns the name of whoever has the address, with its network's behind it. */
    public Optional<String> name(IpAddress address) {
        for (Attached attached : networks) {
            String name = attached.zone.name(address);
            if (name != null) {
                return Optional.of(name + "." + attached.zone.network());
            }
        }
        return Optional.empty();
    }

    /** Returns who serves what is asked for, on the first network that knows it. */
    public List<Zone.Service> services(String name) {
        return networks.stream()
                .map(attached -> attached.zone.services(name))
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }
}
