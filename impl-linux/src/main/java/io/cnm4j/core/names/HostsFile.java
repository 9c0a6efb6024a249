package io.cnm4j.core.names;

import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.OwnedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The text of a sandbox' hosts file, hosts(5). */
public final class HostsFile {
    private static final String IPV4 = "127.0.0.1\tlocalhost\n";
    private static final String IPV6 = """
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private HostsFile() {}

    /**
     * Somebody whom the sandbox knows by a link.
     *
     * @param names what it is called, the alias first; without doubles
     * @param addresses its addresses
     */
    public record Linked(List<String> names, List<IpAddress> addresses) {
        /** Copies the lists. */
        public Linked {
            names = names.stream().distinct().toList();
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Returns the text of a sandbox with a namespace of its own: HO-02, HO-03.
     *
     * @param ipv6 whether the sandbox can have IPv6
     * @param lines beyond what is always there
     */
    public static String text(boolean ipv6, List<String> lines) {
        return OwnedText.block(ipv6 ? IPV4 + IPV6 : IPV4, lines);
    }

    /** Returns what the copy of the host's file has at its end. HO-01 */
    public static String behindHosts(List<String> lines) {
        return lines.isEmpty() ? "" : OwnedText.block("", lines);
    }

    /**
     * Returns the lines that follow the sandbox: HO-04.
     *
     * @param ipv6 whether the sandbox can have IPv6
     * @param extra more lines
     * @param gateway what stands for the host, if the sandbox has a gateway
     * @param linked whom it links to
     * @param name the host name; with or without a domain
     * @param addresses of the sandbox
     */
    public static List<String> lines(
            boolean ipv6,
            List<ExtraHost> extra,
            Optional<IpAddress> gateway,
            List<Linked> linked,
            Optional<String> name,
            List<IpAddress> addresses) {
        var lines = new ArrayList<String>();
        for (ExtraHost host : extra) {
            host.address()
                    .or(() -> gateway)
                    .filter(address -> ipv6 || address.family() == Family.IPV4)
                    .ifPresent(address -> lines.add(address + "\t" + host.name()));
        }
        for (Linked other : linked) {
            other.addresses().stream()
                    .filter(address -> ipv6 || address.family() == Family.IPV4)
                    .forEach(address -> lines.add(address + "\t" + String.join(" ", other.names())));
        }
        name.ifPresent(host -> addresses.forEach(address -> lines.add(address + "\t" + names(host))));
        return lines;
    }

    private static String names(String host) {
        int dot = host.indexOf('.');
        return dot > 0 ? host + " " + host.substring(0, dot) : host;
    }
}
