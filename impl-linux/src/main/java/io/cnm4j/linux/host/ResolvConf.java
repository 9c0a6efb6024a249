package io.cnm4j.linux.host;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;

/** Reads resolv.conf(5). */
final class ResolvConf {
    private ResolvConf() {}

    /** Returns the name servers in their order; empty if there is no file. Lines that make no sense are passed over, as resolvers do. */
    static List<IpAddress> nameServers(Path file) {
        var servers = new ArrayList<IpAddress>();
        for (String line : lines(file)) {
            var words = new StringTokenizer(line);
            if (words.countTokens() > 1 && words.nextToken().equals("nameserver")) {
                parsed(words.nextToken()).ifPresent(servers::add);
            }
        }
        return List.copyOf(servers);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the name servers of the host cannot be read: " + e + "; see who may read " + file, e);
        }
    }

    private static Optional<IpAddress> parsed(String text) {
        try {
            return Optional.of(IpAddress.parse(text.contains("%") ? text.substring(0, text.indexOf('%')) : text));
        } catch (InvalidRequestException noAddress) {
            return Optional.empty();
        }
    }
}
