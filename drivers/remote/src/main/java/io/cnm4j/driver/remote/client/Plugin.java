package io.cnm4j.driver.remote.client;

import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.driver.remote.protocol.BadMessageException;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Json;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One plug-in: looked for and activated when it is first asked, and again after it could not be reached. Thread-safe. */
public final class Plugin {
    private static final int NOT_FOUND = 404;
    private static final int SHOWN = 500;

    private final String name;
    private final PluginSearch search;
    private final PluginHttp http;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private final Map<String, Set<String>> others;
    private final Breaker breaker;
    private final ReentrantLock activating = new ReentrantLock();
    private volatile @Nullable Active active;

    /** A plug-in that was found and said of which types it is. */
    private record Active(PluginAddress address, List<String> types) {}

    /**
     * @param name its name
     * @param search where it is looked for
     * @param http how it is asked
     * @param limits how much of our time it gets
     * @param nanoTime a clock that counts nanoseconds upwards
     * @param others the names of drivers that are no plug-ins, by type, to be named where there is no such plug-in
     */
    public Plugin(
            String name,
            PluginSearch search,
            PluginHttp http,
            Limits limits,
            LongSupplier nanoTime,
            Map<String, Set<String>> others) {
        this.name = name;
        this.search = search;
        this.http = http;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.others = others;
        this.breaker = new Breaker(name, limits, nanoTime);
    }

    /** Returns its name. */
    public String name() {
        return name;
    }

    /**
     * Asks it, and reads its answer.
     *
     * @param arguments the request; empty for no body
     * @param read makes a value of the answer's fields
     * @throws NotFoundException if there is no such plug-in
     * @throws UnsupportedException if it is not of the method's type
     * @throws PluginException if it refuses, cannot be reached, or answers what makes no sense
     * @throws DeadlineException if it does not answer in time; what it did then is unknown
     */
    public <T> T call(Method method, Map<String, ?> arguments, Deadline deadline, Function<Fields, T> read) {
        return answer(method, arguments, deadline, read).orElseThrow(() -> refused(method, "404 not found"));
    }

    /** The same for a method that a plug-in need not have: empty if it has not. */
    public <T> Optional<T> callOptional(
            Method method, Map<String, ?> arguments, Deadline deadline, Function<Fields, T> read) {
        return answer(method, arguments, deadline, read);
    }

    /** Returns the failure that an answer makes no sense although it can be read. */
    public PluginException senseless(Method method, String what, @Nullable Throwable cause) {
        return new PluginException(
                name,
                PluginException.Answer.SENSELESS,
                "plug-in '" + name + "' answers " + method + " with " + what + "; see what it logs",
                cause);
    }

    private <T> Optional<T> answer(Method method, Map<String, ?> arguments, Deadline outer, Function<Fields, T> read) {
        Deadline deadline = bounded(outer);
        Active plugin = activated(method, deadline);
        if (!plugin.types.contains(method.type())) {
            throw new UnsupportedException("plug-in '" + name + "' is no " + method.type() + "; it says it is "
                    + plugin.types + "; choose another");
        }
        return exchange(plugin.address, method, arguments, deadline, read);
    }

    /** Returns a deadline that is neither after the caller's nor longer than one call may take. */
    private Deadline bounded(Deadline outer) {
        long nanos = Math.min(outer.remainingNanos(), limits.call().toNanos());
        return Deadline.after(Duration.ofNanos(nanos), nanoTime);
    }

    private Active activated(Method method, Deadline deadline) {
        Active known = active;
        if (known != null) {
            return known;
        }
        breaker.enter(); // before the wait for others who activate it
        lock(deadline);
        try {
            Active meanwhile = active;
            if (meanwhile != null) {
                return meanwhile;
            }
            PluginAddress address = search.find(name).orElseThrow(() -> unknown(method.type()));
            Optional<List<String>> types =
                    exchange(address, Method.ACTIVATE, Map.of(), deadline, fields -> fields.texts("Implements"));
            Active found = new Active(address, types.orElseThrow(() -> refused(Method.ACTIVATE, "404 not found")));
            active = found;
            return found;
        } finally {
            activating.unlock();
        }
    }

    private void lock(Deadline deadline) {
        try {
            if (activating.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw deadline.expired("plug-in '" + name + "' to be activated by another call");
    }

    private NotFoundException unknown(String type) {
        Set<String> there = new TreeSet<>(others.getOrDefault(type, Set.of()));
        return new NotFoundException(
                "no " + type + " is called '" + name + "', on the class path or as a plug-in; the class path has "
                        + there + ", plug-ins are " + search.scan()
                        + "; use one of these, add its jar, or start it: its socket is looked for in "
                        + search.sockets() + ", its .spec or .json file in " + search.files());
    }

    private <T> Optional<T> exchange(
            PluginAddress address,
            Method method,
            Map<String, ?> arguments,
            Deadline deadline,
            Function<Fields, T> read) {
        breaker.enter();
        try {
            byte[] body = arguments.isEmpty() ? new byte[0] : Json.write(arguments);
            HttpAnswer answer = connected(address, method, body, deadline);
            Optional<T> value = value(method, answer, read);
            breaker.succeeded();
            return value;
        } catch (Unreachable nobody) {
            active = null; // it may come back elsewhere, as something else
            throw failed(method, nobody, PluginException.Answer.NONE);
        } catch (IOException nothing) {
            throw failed(method, nothing, PluginException.Answer.NONE);
        } catch (BadMessageException senseless) {
            throw failed(method, senseless, PluginException.Answer.SENSELESS);
        } catch (DeadlineException late) {
            breaker.failed(String.valueOf(late.getMessage()));
            throw late;
        } catch (PluginException refused) {
            breaker.succeeded();
            throw refused;
        }
    }

    private PluginException failed(Method method, Exception how, PluginException.Answer answer) {
        breaker.failed(method + ": " + how.getMessage());
        return new PluginException(
                name,
                answer,
                "plug-in '" + name + "' was asked for " + method + ": " + how.getMessage()
                        + "; see whether it runs and what it logs",
                how);
    }

    /** Tries again while nobody listens: nothing was delivered then (PL-05). */
    private HttpAnswer connected(PluginAddress address, Method method, byte[] body, Deadline deadline)
            throws IOException {
        String waitingFor = "plug-in '" + name + "' to answer " + method;
        Deadline trying = Deadline.after(limits.retry(), nanoTime);
        for (Duration pause = limits.firstPause(); ; pause = pause.multipliedBy(2)) {
            try {
                return http.post(address, method, body, deadline, waitingFor);
            } catch (Unreachable nobody) {
                long next = pause.toNanos();
                if (next >= Math.min(deadline.remainingNanos(), trying.remainingNanos())) {
                    throw nobody;
                }
                pause(next, deadline, waitingFor);
            }
        }
    }

    private static void pause(long nanos, Deadline deadline, String waitingFor) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw deadline.expired(waitingFor + " (the thread was interrupted)");
        }
    }

    private <T> Optional<T> value(Method method, HttpAnswer answer, Function<Fields, T> read) {
        if (answer.status == NOT_FOUND) {
            return Optional.empty();
        }
        if (answer.status != 200) {
            throw refused(method, "HTTP status " + answer.status + ": " + said(method, answer.body));
        }
        Fields fields = Json.read(answer.body);
        String error = fields.text(method.errorField());
        if (!error.isEmpty()) {
            throw refused(method, error);
        }
        return Optional.of(read.apply(fields));
    }

    private static String said(Method method, byte[] body) {
        String error = "";
        try {
            error = Json.read(body).text(method.errorField());
        } catch (BadMessageException plain) {
            error = "";
        }
        return error.isEmpty()
                ? new String(body, 0, Math.min(SHOWN, body.length), StandardCharsets.UTF_8).strip()
                : error;
    }

    private PluginException refused(Method method, String said) {
        String shown = said.length() > SHOWN ? said.substring(0, SHOWN) + "..." : said;
        return new PluginException(
                name,
                PluginException.Answer.REFUSED,
                "plug-in '" + name + "' refuses " + method + ": " + shown + "; see what it logs",
                null);
    }
}
