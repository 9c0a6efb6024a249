package io.cnm4j.driver.remote.conformance;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.client.PluginHttp;
import io.cnm4j.driver.remote.client.PluginSearch;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Plays the engine against one plug-in. Not thread-safe. */
public final class Conformance implements AutoCloseable {
    private static final int MOST = 1 << 20;

    private final PluginHttp http = new PluginHttp(MOST);
    private final Plugin plugin;
    private final Map<Rule, String> verdicts = new LinkedHashMap<>();

    /** @param socket where the plug-in listens: a file {@code NAME.sock} */
    public Conformance(Path socket) {
        String file = socket.toAbsolutePath().getFileName().toString();
        List<Path> directory = List.of(socket.toAbsolutePath().getParent());
        plugin = new Plugin(
                file.replaceAll("\\.sock$", ""),
                new PluginSearch(directory, List.of()),
                http,
                new Limits(
                        Limits.USUAL.call(),
                        Limits.USUAL.firstPause(),
                        Limits.USUAL.retry(),
                        MOST,
                        1000,
                        Limits.USUAL.rest()),
                System::nanoTime,
                Map.of());
    }

    /** A rule that does not hold. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(String why) {
            super(why);
        }
    }

    /**
     * Tries all rules of the types that the plug-in says it is of.
     *
     * @return why each rule that was tried is broken, empty where it holds
     */
    public Map<Rule, String> run() {
        boolean network = isOf(Method.NETWORK_CAPABILITIES);
        boolean ipam = isOf(Method.IPAM_CAPABILITIES);
        holds(Rule.R01, () -> require(network || ipam, "it is of neither type, or does not answer"));
        if (network) {
            new NetworkRules(this).run();
        }
        if (ipam) {
            new IpamRules(this).run();
        }
        return new LinkedHashMap<>(verdicts);
    }

    private boolean isOf(Method method) {
        try {
            plugin.callOptional(method, Map.of(), deadline(), Fields::values);
            return true;
        } catch (PluginException answered) {
            return answered.answer() != PluginException.Answer.NONE;
        } catch (CnmException other) {
            return false;
        }
    }

    /** Notes whether a rule holds; tells it. */
    boolean holds(Rule rule, Runnable trial) {
        try {
            trial.run();
            verdicts.put(rule, "");
            return true;
        } catch (CnmException | Broken broken) {
            verdicts.put(rule, String.valueOf(broken.getMessage()));
            return false;
        }
    }

    static void require(boolean so, String otherwise) {
        if (!so) {
            throw new Broken(otherwise);
        }
    }

    <T> T ask(Method method, Map<String, ?> request, Function<Fields, T> read) {
        return plugin.call(method, request, deadline(), read);
    }

    void ask(Method method, Map<String, ?> request) {
        ask(method, request, Fields::values);
    }

    /** Tells whether it answers, with or without such a method. */
    void askOptional(Method method, Map<String, ?> request) {
        plugin.callOptional(method, request, deadline(), Fields::values);
    }

    /** Goes on only if it says no. */
    void refused(Method method, Map<String, ?> request) {
        try {
            ask(method, request);
        } catch (PluginException refused) {
            if (refused.answer() == PluginException.Answer.REFUSED) {
                return;
            }
            throw refused;
        }
        throw new Broken(method + " " + request + " was not refused");
    }

    private static Deadline deadline() {
        return Deadline.after(Limits.USUAL.call());
    }

    @Override
    public void close() {
        http.close();
    }
}
