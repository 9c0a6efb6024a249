package io.cnm4j.core.names;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.OwnedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A resolver configuration, resolv.conf(5): the host's, with what a sandbox wants instead.
 *
 * @param servers name servers, as they stand there; an IPv6 one may have a zone
 * @param search domains in which short names are looked for
 * @param options options
 * @param others lines that we do not know
 * @param overrides which of these are not the host's
 */
public record ResolverFile(
        List<String> servers, List<String> search, List<String> options, List<String> others, List<String> overrides) {
    private static final List<String> PUBLIC_IPV4 = List.of("8.8.8.8", "8.8.4.4");
    private static final List<String> PUBLIC_IPV6 = List.of("2001:4860:4860::8888", "2001:4860:4860::8844");
    private static final String NDOTS = "ndots:";

    /** Reads a file: RC-02. */
    public static ResolverFile parse(String text) {
        var servers = new ArrayList<String>();
        List<String> search = List.of();
        var options = new ArrayList<String>();
        var others = new ArrayList<String>();
        for (String line : text.lines().toList()) {
            String plain = line.strip();
            if (plain.isEmpty() || plain.startsWith("#") || plain.startsWith(";")) {
                continue;
            }
            List<String> words = Arrays.asList(plain.split("\\s+"));
            List<String> values = words.subList(1, words.size());
            switch (words.get(0)) {
                case "nameserver" ->
                    values.stream().limit(1).filter(v -> address(v).isPresent()).forEach(servers::add);
                case "search", "domain" -> search = values;
                case "options" -> options.addAll(values);
                default -> others.add(plain);
            }
        }
        return new ResolverFile(servers, search, options, others, List.of());
    }

    /** Returns this with what is given instead: RC-03. Empty lists change nothing. */
    public ResolverFile with(List<String> otherServers, List<String> otherSearch, List<String> otherOptions) {
        var changed = new ArrayList<String>();
        if (!otherServers.isEmpty()) {
            changed.add("nameservers");
        }
        if (!otherSearch.isEmpty()) {
            changed.add("search");
        }
        if (!otherOptions.isEmpty()) {
            changed.add("options");
        }
        List<String> domains = otherSearch.equals(List.of(".")) ? List.of() : otherSearch;
        return new ResolverFile(
                otherServers.isEmpty() ? servers : otherServers,
                otherSearch.isEmpty() ? search : domains,
                otherOptions.isEmpty() ? options : otherOptions,
                others,
                List.copyOf(changed));
    }

    private boolean overridesServers() {
        return overrides.contains("nameservers");
    }

    /** Returns who is to be asked for what we do not know: RC-05, RC-06. Our own server is not among them. */
    public List<Upstream> upstreams() {
        return servers.stream()
                .filter(server -> !server.contains("%")) // a zone names an interface that is elsewhere
                .map(IpAddress::parse)
                .filter(server -> !server.toString().equals(ServeNames.ADDRESS))
                .map(server -> new Upstream(server, server.isLoopback() && !overridesServers()))
                .toList();
    }

    /** Tells whether short names are to be looked for in domains first, because somebody said so: DNS-13. */
    public boolean wantsDots() {
        return ndots().filter(dots -> dots > 0).isPresent();
    }

    private Optional<Integer> ndots() {
        return options.stream()
                .filter(option -> option.matches(NDOTS + "[0-9]{1,4}"))
                .map(option -> Integer.parseInt(option.substring(NDOTS.length())))
                .reduce((earlier, later) -> later);
    }

    /** Returns the file of a sandbox that asks our server: RC-05, RC-07. */
    public String internal() {
        var kept = new ArrayList<String>();
        for (String option : options) {
            if (!option.startsWith(NDOTS) || option.matches(NDOTS + "[0-9]{1,4}")) {
                kept.add(option);
            }
        }
        if (ndots().isEmpty()) {
            kept.add(NDOTS + "0");
        }
        return file(List.of(ServeNames.ADDRESS), kept, "asked from " + ServeNames.ADDRESS + ": " + upstreams());
    }

    /** Returns the file of a sandbox that asks others itself: RC-04. */
    public String legacy(boolean ipv6) {
        var usable = new ArrayList<String>();
        for (String server : servers) {
            IpAddress address = address(server).orElseThrow();
            if (overridesServers() || (!address.isLoopback() && (ipv6 || address.family() == Family.IPV4))) {
                usable.add(server);
            }
        }
        if (usable.isEmpty() && !overridesServers()) {
            usable.addAll(PUBLIC_IPV4);
            usable.addAll(ipv6 ? PUBLIC_IPV6 : List.of());
        }
        return file(usable, options, "asked by the container itself");
    }

    /** Returns the file of a sandbox in the host's own namespace: RC-11. */
    public String asIs() {
        return file(servers, options, "of the host, asked by the container itself");
    }

    private String file(List<String> nameServers, List<String> withOptions, String note) {
        var text = new StringBuilder("# made by cnm4j from the host's configuration\n");
        nameServers.forEach(server -> text.append("nameserver ").append(server).append('\n'));
        if (!search.isEmpty()) {
            text.append("search ").append(String.join(" ", search)).append('\n');
        }
        if (!withOptions.isEmpty()) {
            text.append("options ").append(String.join(" ", withOptions)).append('\n');
        }
        others.forEach(line -> text.append(line).append('\n'));
        text.append("\n# name servers ")
                .append(note)
                .append("\n# not the host's: ")
                .append(overrides)
                .append('\n');
        return OwnedText.seal(text.toString());
    }

    private static Optional<IpAddress> address(String text) {
        try {
            int zone = text.indexOf('%');
            return Optional.of(IpAddress.parse(zone < 0 ? text : text.substring(0, zone)));
        } catch (InvalidRequestException none) {
            return Optional.empty();
        }
    }
}
