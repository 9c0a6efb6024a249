package io.cnm4j.examples.names;

import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.SandboxSnapshot;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

    private static final String MOUNTED =
            "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && shift 2 && exec \"$@\"";

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
                    case DIG -> run(sandbox, "dig", "+short", "-t", type, name);
                    case GETENT -> run(sandbox, "getent", family == Family.IPV4 ? "ahostsv4" : "ahostsv6", name);
                    case NSLOOKUP -> run(sandbox, "busybox", "nslookup", "-type=" + type, name);
                });
    }

    /** Returns the names of an address. */
    Set<String> names(Sandbox sandbox, String address) throws IOException {
        return found(
                names,
                switch (this) {
                    case DIG -> run(sandbox, "dig", "+short", "-x", address);
                    case GETENT -> run(sandbox, "getent", "hosts", address);
                    case NSLOOKUP -> run(sandbox, "busybox", "nslookup", address);
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

    /** Runs a command in a sandbox as in a container that has the files mounted; returns what it says. */
    static String run(Sandbox sandbox, String... words) throws IOException {
        SandboxSnapshot files = sandbox.inspect();
        var command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", MOUNTED, "sh"));
        command.add(files.hostsFile().toString());
        command.add(files.resolvConfFile().toString());
        command.addAll(List.of(words));
        Process process = sandbox.start(new ProcessBuilder(command).redirectError(Redirect.DISCARD));
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
