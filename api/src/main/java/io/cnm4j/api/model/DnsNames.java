package io.cnm4j.api.model;

import io.cnm4j.api.error.InvalidRequestException;
import java.util.regex.Pattern;

/** Names that name servers can be asked for: RFC 1035, section 2.3.4, with the underscore that services have. */
final class DnsNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}\\.)*[A-Za-z0-9_-]{0,62}\\.?");
    private static final int LONGEST = 253;

    private DnsNames() {}

    /** Refuses what no name server can be asked for. */
    static void check(String name) {
        if (name.length() > LONGEST || !NAME.matcher(name).matches() || name.contains("..")) {
            throw new InvalidRequestException(
                    "name '" + name + "' must be labels of 1 to 63 letters, digits, hyphens and"
                            + " underscores with dots between them, 253 characters at most");
        }
    }
}
