package io.cnm4j.linux.host;

import io.cnm4j.api.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the calling thread may do: capabilities(7). */
public final class Capabilities {
    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String EFFECTIVE = "CapEff:";
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;

    private Capabilities() {}

    /**
     * Goes on only if this thread may change networks and enter namespaces.
     *
     * @throws ConfigurationException if not; the message names what is missing
     */
    public static void require() {
        long effective = effective();
        var missing = new ArrayList<String>();
        if ((effective >> CAP_NET_ADMIN & 1) == 0) {
            missing.add("CAP_NET_ADMIN");
        }
        if ((effective >> CAP_SYS_ADMIN & 1) == 0) {
            missing.add("CAP_SYS_ADMIN");
        }
        if (!missing.isEmpty()) {
            throw new ConfigurationException("this process lacks " + String.join(" and ", missing)
                    + "; run it as root, give it these capabilities, or try it under 'unshare -rnm'");
        }
    }

    private static long effective() {
        try {
            List<String> lines = Files.readAllLines(STATUS);
            return lines.stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16))
                    .findFirst()
                    .orElse(0L);
        } catch (IOException e) {
            throw new ConfigurationException(
                    "cnm4j works on Linux only, with /proc mounted: " + STATUS + " cannot be read", e);
        }
    }
}
