package io.cnm4j.linux;

import io.cnm4j.api.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A client of the system, run in a sandbox with its hosts and resolver files mounted where a container has them. */
enum Resolver {
    /** BIND's. */
    DIG("^([^\\s;]+?)\\.?$", "^([^\\s;]+?)\\.?$"),
    /** The C library. */
    GETENT("^((?!::ffff:)\\S+) +STREAM", "^\\S+ +(\\S+)"), // it makes IPv6 addresses of IPv4 ones
    /** Busybox' own. */
    NSLOOKUP("^Address: (\\S+)", "name = (\\S+)");

    private static final String MOUNTED =
            "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && shift 2 && exec \"$@\"";

    private final Pattern addresses;
    private final Pattern names;

    /** What is asked for. */
    enum Type {
        A,
        AAAA,
        PTR
    }

    Resolver(String addresses, String names) {
        this.addresses = Pattern.compile(addresses, Pattern.MULTILINE);
        this.names = Pattern.compile(names, Pattern.MULTILINE);
    }

    /** Returns the addresses of a name, or the names of an address. */
    Set<String> find(Sandbox sandbox, String wanted, Type type) {
        boolean reverse = type == Type.PTR;
        String output = switch (this) {
            case DIG ->
                reverse
                        ? run(sandbox, "dig", "+short", "-x", wanted)
                        : run(sandbox, "dig", "+short", "-t", type.name(), wanted);
            case GETENT -> run(sandbox, "getent", reverse ? "hosts" : type == Type.A ? "ahostsv4" : "ahostsv6", wanted);
            case NSLOOKUP ->
                reverse
                        ? run(sandbox, "busybox", "nslookup", wanted)
                        : run(sandbox, "busybox", "nslookup", "-type=" + type, wanted);
        };
        var found = new TreeSet<String>();
        (reverse ? names : addresses)
                .matcher(output)
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(found::add);
        return found;
    }

    /** Returns what a command says, whatever its end. */
    static String run(Sandbox sandbox, String... words) {
        var command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", MOUNTED, "sh"));
        command.add(sandbox.inspect().hostsFile().toString());
        command.add(sandbox.inspect().resolvConfFile().toString());
        command.addAll(List.of(words));
        return Lab.in(sandbox, command.toArray(String[]::new)).output();
    }
}
