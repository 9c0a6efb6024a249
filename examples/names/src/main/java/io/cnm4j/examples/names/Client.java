package io.cnm4j.examples.names;

import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Family;
import io.cnm4j.examples.quickstart.Inside;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A program of the system, run in a sandbox with the sandbox' own files in their places. */
enum Client {
    /** BIND's, which knows resolv.conf alone. */
    DIG("^(\\S+?)\\.?$", "^(\\S+?)\\.?$"),
    /** The C library, which looks into the hosts file first. */
    GETENT("^(\\S+) +STREAM", "^\\S+ +(\\S+)"),
    /** Busybox' own. */
    NSLOOKUP("^Address: (\\S+)", "name = (\\S+)");

    private final Pattern addresses;
    private final Pattern names;

    Client(String addresses, String names) {
        this.addresses = Pattern.compile(addresses, Pattern.MULTILINE);
        this.names = Pattern.compile(names, Pattern.MULTILINE);
    }

    /** Returns the addresses of a name. */
    Set<String> addresses(Sandbox sandbox, String name, Family family) throws IOException {
        String type = family == Family.IPV4 ? "A" : "AAAA";
        return found(
                addresses,
                switch (this) {
                    case DIG -> Inside.run(sandbox, "dig", "+short", "-t", type, name);
                    case GETENT -> Inside.run(sandbox, "getent", family == Family.IPV4 ? "ahostsv4" : "ahostsv6", name);
                    case NSLOOKUP -> Inside.run(sandbox, "busybox", "nslookup", "-type=" + type, name);
                });
    }

    /** Returns the names of an address. */
    Set<String> names(Sandbox sandbox, String address) throws IOException {
        return found(
                names,
                switch (this) {
                    case DIG -> Inside.run(sandbox, "dig", "+short", "-x", address);
                    case GETENT -> Inside.run(sandbox, "getent", "hosts", address);
                    case NSLOOKUP -> Inside.run(sandbox, "busybox", "nslookup", address);
                });
    }

    private static Set<String> found(Pattern pattern, String output) {
        var found = new TreeSet<String>();
        pattern.matcher(output)
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(found::add);
        return found;
    }
}
