package io.cnm4j.linux;

import io.cnm4j.api.error.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(most), StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return "";
        } catch (IOException e) {
            throw new ConfigurationException(
                    "the host's " + file + " cannot be read: " + e + "; see who may read it", e);
        }
    }
}
