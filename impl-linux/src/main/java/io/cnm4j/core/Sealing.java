package io.cnm4j.core;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.core.cluster.ClusterStore.Revised;
import io.cnm4j.core.cluster.KeyStore;
import io.cnm4j.core.secret.HostKeys;
import io.cnm4j.core.secret.KeyRing;
import io.cnm4j.core.secret.Sealer;
import io.cnm4j.core.secret.Secret;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.spi.plan.TunnelOp;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's part in the keys of encrypted networks, from the first end of a tunnel on. Each change of the ring is seen by all in turn:
 * a new key comes; when all say that they receive with it, it is sent with; when all say that they do, the old one goes. Thread-safe.
 */
final class Sealing {
    private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);
    private static final String TURN = "keys of encrypted networks";
    private static final String SEALS = "encrypted tunnels";
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration IN_FLIGHT = Duration.ofSeconds(1); // packets under the key before
    private static final Duration LONGEST_TICK = Duration.ofSeconds(30);

    private final Engine engine;
    private final Cluster cluster;
    private final KeyStore store;
    private String life; // guarded by the turn
    private volatile boolean outlived = false; // nothing seals any more: counters will begin anew, so must keys
    private final Set<String> dying = ConcurrentHashMap.newKeySet(); // hosts that are gone and will be forgotten
    private final AtomicBoolean queued = new AtomicBoolean();
    private volatile boolean taking; // part in it
    private volatile boolean agreed; // since it was opened

    Sealing(Engine engine, Cluster cluster) {
        this.engine = engine;
        this.cluster = cluster;
        this.store = new KeyStore(cluster.parts.store(), cluster.membership);
        this.life = freshLife();
    }

    private String freshLife() {
        return HexFormat.of().formatHex(Secret.random(engine.parts.random(), 16).octets());
    }

    static boolean concerns(Plan plan) {
        return isServed(plan) || plan.ops().stream().anyMatch(op -> op instanceof KernelOp.SealPort);
    }

    /** Tells whether this process encrypts what a plan makes. */
    static boolean isServed(Plan plan) {
        return plan.ops().stream().anyMatch(op -> op instanceof TunnelOp.Serve);
    }

    /** Waits until nobody else makes or removes what seals, if a plan does. */
    Turns.Turn turn(Plan plan, Deadline deadline) {
        return engine.turns.exclusive(concerns(plan) ? List.of(SEALS) : List.of(), deadline);
    }

    /**
     * Takes care that there are keys before a plan needs them. The caller has the {@link #turn}.
     *
     * @throws io.cnm4j.api.error.UnsupportedException if this host cannot have an end of an encrypted tunnel
     * @throws StoreException if there are no keys to be had
     */
    void ready(Plan plan, Deadline deadline) {
        if (!concerns(plan)) {
            return;
        }
        if (isServed(plan)) {
            engine.parts.host().require(KernelFeature.TAP); // OV-12, OV-25
        }
        boolean anew = engine.claims.plans().values().stream().noneMatch(Sealing::concerns);
        if (anew) {
            outlived = true;
        }
        if (anew || !agreed) { // whoever saw that first may not have made the keys yet: this waits for its turn
            agree(deadline);
        }
        if (!taking) {
            taking = true;
            tick();
        }
    }

    /** Takes part again, after this host was opened with ends of tunnels. */
    void resume() {
        taking = true;
        touch();
        tick();
    }

    /** Looks at the ring and the hosts soon. */
    void touch() {
        if (taking && queued.compareAndSet(false, true)) {
            cluster.keeper.later(Duration.ZERO, this::look);
        }
    }

    private void look() {
        queued.set(false);
        try {
            agree(Deadline.after(LIMIT));
        } catch (CnmException notNow) {
            LOG.warn("keys of encrypted networks are not looked at yet; trying again", notNow);
            cluster.keeper.later(Duration.ofSeconds(1), this::touch);
        }
    }

    private void tick() {
        Duration quarter = cluster.parts.keyLife().dividedBy(4);
        cluster.keeper.later(quarter.compareTo(LONGEST_TICK) < 0 ? quarter : LONGEST_TICK, () -> {
            tick();
            touch();
        });
    }

    /** Uses the ring as it is, says so, and takes its next step if that is this host's part. */
    private void agree(Deadline deadline) {
        try (Turns.Turn turn = engine.turns.exclusive(TURN, deadline)) {
            while (true) {
                try {
                    Revised<KeyRing> ring = ring(deadline);
                    List<Sealer> sealers = store.sealers(deadline);
                    use(ring, sealers, deadline);
                    agreed = true;
                    advance(ring, sealers, deadline);
                    return;
                } catch (StaleWriteException faster) {
                    deadline.check("keys of encrypted networks that other hosts are changing");
                }
            }
        }
    }

    private Revised<KeyRing> ring(Deadline deadline) {
        Optional<Revised<KeyRing>> ring = store.ring(deadline);
        if (ring.isEmpty()) {
            store.change(KeyRing.first(engine.parts.random(), now()), Write.ABSENT, deadline);
            ring = store.ring(deadline);
        }
        return ring.orElseThrow(() -> new StoreException(
                "the keys of encrypted networks were deleted from the cluster's store this moment; try again"));
    }

    private void use(Revised<KeyRing> ring, List<Sealer> sealers, Deadline deadline) {
        KeyRing keys = ring.record();
        Optional<Sealer> before = sealers.stream()
                .filter(sealer -> sealer.host().equals(engine.controller().value()))
                .findFirst();
        if (outlived || (agreed && before.isEmpty())) {
            life = freshLife(); // others took it for gone and dropped its keys: counting begins anew, so must they
            outlived = false;
        }
        var self = new Sealer(
                2,
                engine.controller().value(),
                before.map(Sealer::number).orElseGet(() -> store.freeNumber(deadline)),
                cluster.parts.address(),
                life,
                keys.latest(),
                keys.primary());
        List<Sealer> others = sealers.stream()
                .filter(sealer -> !sealer.host().equals(self.host()))
                .toList();
        cluster.parts.keys().set(HostKeys.of(keys, self, others)); // receives before it says so
        if (!sealers.contains(self)) {
            store.say(self, before.isPresent(), ring.revision(), deadline);
        }
    }

    /** The first of the living takes the next step; if two think they are, the store takes one. */
    private void advance(Revised<KeyRing> ring, List<Sealer> sealers, Deadline deadline) {
        String self = engine.controller().value();
        List<String> others = sealers.stream()
                .map(Sealer::host)
                .filter(host -> !host.equals(self))
                .toList();
        others.stream()
                .filter(host -> !cluster.view.isAlive(host))
                .filter(dying::add)
                .forEach(cluster.keeper::hostGone);
        dying.removeIf(host -> cluster.view.isAlive(host) || !others.contains(host));
        if (others.stream().anyMatch(host -> cluster.view.isAlive(host) && host.compareTo(self) < 0)) {
            return;
        }
        Optional<KeyRing> next = next(ring.record(), sealers);
        if (next.isPresent()) {
            store.change(next.orElseThrow(), ring.revision(), deadline);
            LOG.info("keys of encrypted networks: {} instead of {}", next.orElseThrow(), ring.record());
        }
    }

    private Optional<KeyRing> next(KeyRing ring, List<Sealer> sealers) {
        long age = now() - ring.since();
        if (ring.latest() != ring.primary()) {
            boolean all = sealers.stream().allMatch(sealer -> sealer.receives() >= ring.latest());
            return all ? Optional.of(ring.turned(now())) : Optional.empty();
        } else if (ring.keys().size() > 1) {
            boolean all = sealers.stream().allMatch(sealer -> sealer.sends() >= ring.primary());
            return all && age >= IN_FLIGHT.toMillis() ? Optional.of(ring.pruned()) : Optional.empty();
        }
        return age >= cluster.parts.keyLife().toMillis()
                ? Optional.of(ring.grown(engine.parts.random()))
                : Optional.empty();
    }

    /** Forgets a host whose grace is over. */
    void free(String host, Deadline deadline) {
        if (taking) {
            store.forget(host, deadline);
        }
    }

    private long now() {
        return engine.parts.clock().millis();
    }
}
