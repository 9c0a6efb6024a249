package io.cnm4j.linux.host;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.HostText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;

/** Reads resolv.conf(5). */
final class ResolvConf {
    private static final int LONGEST = 1 << 20;

    private ResolvConf() {}

    /** Returns what the file holds; empty if there is none. At most a mebibyte is looked at. */
    static String text(Path file) {
        return HostText.of(file, LONGEST);
    }

    /** Returns the name servers in a file's text, in their order. Lines that make no sense are passed over, as resolvers do. */
    static List<IpAddress> nameServers(String text) {
        var servers = new ArrayList<IpAddress>();
        for (String line : text.lines().toList()) {
            var words = new StringTokenizer(line);
            if (words.countTokens() > 1 && words.nextToken().equals("nameserver")) {
                parsed(words.nextToken()).ifPresent(servers::add);
            }
        }
        return List.copyOf(servers);
    }

    private static Optional<IpAddress> parsed(String text) {
        try {
            return Optional.of(IpAddress.parse(text.contains("%") ? text.substring(0, text.indexOf('%')) : text));
        } catch (InvalidRequestException noAddress) {
            return Optional.empty();
        }
    }
}
