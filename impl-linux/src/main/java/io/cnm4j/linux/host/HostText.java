package io.cnm4j.linux.host;

import io.cnm4j.api.error.ConfigurationException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text files of the host. */
public final class HostText {
    private HostText() {}

    /**
     * Returns what a file holds; empty if there is none.
     *
     * @param most more octets than these are not looked at
     * @throws ConfigurationException if it cannot be read
     */
    public static String of(Path file, int most) {
        try (var in = new FileInputStream(
                file.toFile())) { // a channel costs several times as much, and each sandbox reads one
            return new String(in.readNBytes(most), StandardCharsets.UTF_8);
        } catch (IOException e) {
            if (Files.notExists(file)) {
                return "";
            }
            throw new ConfigurationException(
                    "the host's " + file + " cannot be read: " + e + "; see who may read it", e);
        }
    }
}
