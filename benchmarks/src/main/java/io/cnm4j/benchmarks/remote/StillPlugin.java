package io.cnm4j.benchmarks.remote;

import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.plugin.server.PluginService;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A network plug-in that says yes to everything and does nothing; its sandboxes want no other way outside. Thread-safe. */
final class StillPlugin implements PluginService {
    private static final Map<String, Object> CAPABILITIES = new NetworkCapabilities("local", "local", false).write();
    private static final Map<String, Object> JOIN =
            new JoinAnswer(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), true).write();

    @Override
    public String type() {
        return Method.NETWORK_DRIVER;
    }

    @Override
    public Optional<Map<String, Object>> answer(Method method, Fields request) {
        return Optional.of(
                switch (method) {
                    case NETWORK_CAPABILITIES -> CAPABILITIES;
                    case JOIN -> JOIN;
                    default -> Map.of();
                });
    }
}
