package io.cnm4j.benchmarks.remote;

import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.plugin.server.PluginService;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A network plug-in that says yes to everything and does nothing; networks with the option {@code hang} hang. Thread-safe. */
final class StillPlugin implements PluginService, AutoCloseable {
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public String type() {
        return Method.NETWORK_DRIVER;
    }

    @Override
    public Optional<Map<String, Object>> answer(Method method, Fields request) {
        boolean hangs = request.object("Options")
                .flatMap(options -> options.object("com.docker.network.generic"))
                .map(generic -> generic.text("hang").equals("yes"))
                .orElse(false);
        if (hangs) {
            await();
        }
        return Optional.of(
                method == Method.NETWORK_CAPABILITIES
                        ? new NetworkCapabilities("local", "local", false).write()
                        : Map.of());
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
    }
}
