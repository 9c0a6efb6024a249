package io.cnm4j.driver.remote.protocol;

import java.util.Map;
import java.util.Set;

/**
 * What a network plug-in says of itself.
 *
 * @param scope {@code local} or {@code global}: who knows its networks
 * @param connectivityScope {@code local} or {@code global}: how far its networks reach
 * @param gatewayCheck whether it answers {@link Method#GATEWAY_CHECK}
 */
public record NetworkCapabilities(String scope, String connectivityScope, boolean gatewayCheck) {
    private static final Set<String> SCOPES = Set.of("local", "global");

    /** Reads an answer; an empty connectivity scope is the scope. */
    public static NetworkCapabilities read(Fields fields) {
        String scope = scope(fields, "Scope", fields.text("Scope"));
        String connectivity = fields.text("ConnectivityScope");
        return new NetworkCapabilities(
                scope,
                connectivity.isEmpty() ? scope : scope(fields, "ConnectivityScope", connectivity),
                fields.flag("GwAllocChecker"));
    }

    private static String scope(Fields fields, String name, String value) {
        if (!SCOPES.contains(value)) {
            throw fields.wrong(name, "'local' or 'global'", value);
        }
        return value;
    }

    /** Returns it as JSON fields. */
    public Map<String, Object> write() {
        return Map.of("Scope", scope, "ConnectivityScope", connectivityScope, "GwAllocChecker", gatewayCheck);
    }
}
